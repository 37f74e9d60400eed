/**
 * The device model: what a station said of its variables (2.0.1 Part 1 §4, B05 to B08) and configuration keys
 * (1.6 §5.8, §9), in one form: the newest value of each, and what is known of it.
 *
 *     component [evse,connector] /instance · variable /instance · attribute → value, mutability, limits, 1.6 key
 *
 * Names are compared without case (identifierString), and shown as the station spelt them first. What an answer leaves
 * out stays as it was known. The value of a secret is never kept.
 */
import { soundsLikeASecret } from "@wattward/ocpp";
import type { Row, Schema } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import {
  countVariables,
  findVariables,
  insertVariable,
  pruneVariables,
  updateVariable,
} from "./variable-rows.ts";

/** No station has more; one that reports more is making them up, and the rest is not kept. */
export const VARIABLES_MAX = 5_000;
const VALUE_CHARS_MAX = 2_500;

/** `evse` without `connectorId`: the EVSE itself. */
export type ComponentName = {
  readonly name: string;
  readonly instance?: string | undefined;
  readonly evse?: { readonly id: number; readonly connectorId?: number | undefined } | undefined;
};
export type VariableName = { readonly name: string; readonly instance?: string | undefined };
export type Attribute = "Actual" | "Target" | "MinSet" | "MaxSet";

/** What one answer or report says of one attribute; what is left out is not known, or not said again. */
export type Variable = {
  readonly component: ComponentName;
  readonly variable: VariableName;
  readonly attribute?: string | undefined;
  readonly value?: string | null | undefined;
  readonly mutability?: string | undefined;
  readonly persistent?: boolean | undefined;
  readonly constant?: boolean | undefined;
  readonly characteristics?: Characteristics | undefined;
  /** The 1.6 key, as the station spells it. */
  readonly key16?: string | undefined;
};
export type Characteristics = {
  readonly dataType?: string | undefined;
  readonly unit?: string | undefined;
  readonly minLimit?: number | undefined;
  readonly maxLimit?: number | undefined;
  readonly valuesList?: string | undefined;
  readonly supportsMonitoring?: boolean | undefined;
};

/** Where values are from, and when they were read. */
export type Reading = { readonly source: "report" | "get" | "set" | "event"; readonly atMs: number };

/** Brings the model of `station` up to date; beyond {@link VARIABLES_MAX} only what is known already. */
export async function storeVariables(
  tx: Tx,
  station: string,
  variables: readonly Variable[],
  reading: Reading,
): Promise<void> {
  let known = Number((await tx.first(countVariables, { station }))?.count ?? 0);
  for (const variable of variables) {
    if (!isPlaced(variable.component)) continue;
    const row = rowOf(station, variable, reading);
    if ((await tx.run(updateVariable, row)) === 1 || known >= VARIABLES_MAX) continue;
    await tx.run(insertVariable, row);
    known += 1;
  }
}

/** A full report has come whole: what it did not name, and was last read before `beforeMs`, is no longer there. */
export async function forgetVanished(tx: Tx, station: string, beforeMs: number): Promise<void> {
  await tx.run(pruneVariables, { station, beforeMs });
}

/** What is known of one attribute; undefined where nothing is. */
export async function knownVariable(
  tx: Pick<Tx, "all">,
  station: string,
  place: Pick<Variable, "component" | "variable" | "attribute">,
): Promise<Row<"variables"> | undefined> {
  const [row] = await tx.all(findVariables, { station, path: pathOf(place) });
  return row;
}

/** Passwords of stations (1.6 Improved security §7.2; 2.0.1 A01): WriteOnly by the specification, whatever a station tells. */
const secrets: ReadonlySet<string> = new Set(["authorizationkey", "basicauthpassword"]);
export const isSecret = (name: string): boolean => secrets.has(name.toLowerCase());

function rowOf(station: string, told: Variable, { source, atMs }: Reading): Schema["variables"] {
  const { component, variable, characteristics: its = {} } = told;
  const names = [variable.name, told.key16 ?? ""];
  const secret = names.some((name) => isSecret(name) || soundsLikeASecret(name));
  return {
    station_id: station,
    path: pathOf(told),
    component: component.name,
    component_instance: component.instance ?? null,
    evse_id: component.evse?.id ?? null,
    connector_id: component.evse?.connectorId ?? null,
    variable: variable.name,
    variable_instance: variable.instance ?? null,
    attribute: told.attribute ?? "Actual",
    value: secret ? null : (told.value?.slice(0, VALUE_CHARS_MAX) ?? null),
    mutability: told.mutability ?? null,
    persistent: flag(told.persistent),
    constant: flag(told.constant),
    data_type: its.dataType ?? null,
    unit: its.unit ?? null,
    min_limit: its.minLimit === undefined ? null : String(its.minLimit),
    max_limit: its.maxLimit === undefined ? null : String(its.maxLimit),
    values_list: its.valuesList?.slice(0, VALUE_CHARS_MAX) ?? null,
    supports_monitoring: flag(its.supportsMonitoring),
    key16: told.key16 ?? null,
    source,
    read_at_ms: atMs,
  };
}

/** A peer may number its EVSEs as it likes, up to what a column holds. */
const isPlaced = ({ evse }: ComponentName): boolean =>
  evse === undefined || (Number.isSafeInteger(evse.id) && Number.isSafeInteger(evse.connectorId ?? 0));

const flag = (value: boolean | undefined): number | null => (value === undefined ? null : value ? 1 : 0);

/** `connector[1,2] available actual`: what makes two names the same one. */
export const pathOf = ({
  component,
  variable,
  attribute = "Actual",
}: Pick<Variable, "component" | "variable" | "attribute">): string =>
  `${componentName(component)} ${variableName(variable)} ${attribute}`.toLowerCase();

/** `OCPPCommCtrlr`, `EVSE[1]`, `Connector[1,2]`, `Meter/grid`: component with its place and instance. */
export function componentName({ name, instance, evse }: ComponentName): string {
  const place = evse === undefined ? "" : `[${[evse.id, evse.connectorId].filter((n) => n !== undefined)}]`;
  return `${name}${place}${instance === undefined ? "" : `/${instance}`}`;
}

export const variableName = ({ name, instance }: VariableName): string =>
  instance === undefined ? name : `${name}/${instance}`;
