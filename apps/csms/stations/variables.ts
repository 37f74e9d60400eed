/** What a station said of its variables (2.0.1) or configuration keys (1.6): the newest value of each. */
import type { Schema } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { countVariables, insertVariable, updateVariable } from "./rows.ts";

/** No station has more; one that reports more is making them up, and the rest is not kept. */
export const VARIABLES_MAX = 5_000;
const VALUE_CHARS_MAX = 2_500;

export type Variable = Omit<Schema["variables"], "station_id">;

export async function storeVariables(tx: Tx, station: string, variables: readonly Variable[]): Promise<void> {
  let known = Number((await tx.first(countVariables, { station }))?.count ?? 0);
  for (const variable of variables) {
    const value = variable.value?.slice(0, VALUE_CHARS_MAX) ?? null;
    const row = { ...variable, value, station_id: station };
    if ((await tx.run(updateVariable, row)) === 1 || known >= VARIABLES_MAX) continue;
    await tx.run(insertVariable, row);
    known += 1;
  }
}

type Named = { readonly name: string; readonly instance?: string | undefined };
type Component = Named & {
  readonly evse?: { readonly id: number; readonly connectorId?: number | undefined } | undefined;
};

/** `OCPPCommCtrlr`, `EVSE[1]`, `Connector[1,2]`, `Meter/grid`: component with its place and instance. */
export function componentName({ name, instance, evse }: Component): string {
  const place = evse === undefined ? "" : `[${[evse.id, evse.connectorId].filter((n) => n !== undefined)}]`;
  return `${name}${place}${instance === undefined ? "" : `/${instance}`}`;
}

export const variableName = ({ name, instance }: Named): string =>
  instance === undefined ? name : `${name}/${instance}`;
