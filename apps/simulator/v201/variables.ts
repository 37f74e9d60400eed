/** The station's settings as 2.0.1's device model (Part 1 §4): components and variables, compared without case. */
import type { RequestOf } from "@wattward/ocpp";
import type { OutCall } from "../station/dialect.ts";
import type { Listed, Variable } from "../station/settings.ts";
import { calling } from "../station/typed.ts";

type Question = RequestOf<"2.0.1", "GetVariables">["getVariableData"][number];
type ListedVariable = Listed & { at: Variable };

/** Variables in one NotifyReport: keeps a message under a few KiB. */
const REPORTED_MAX = 8;

/** The setting at a place, or which part of the place is unknown. */
export function find(
  settings: readonly Listed[],
  component: Question["component"],
  variable: Question["variable"],
): Listed | "UnknownComponent" | "UnknownVariable" {
  const inComponent = settings.filter(({ at }) => at !== undefined && same(at.component, component.name));
  if (inComponent.length === 0 || component.evse !== undefined) return "UnknownComponent";
  const found = inComponent.find(
    ({ at }) => same(at?.variable, variable.name) && same(at?.instance, variable.instance),
  );
  return found ?? "UnknownVariable";
}

/** All of them as NotifyReport messages, numbered from 0 (B07). */
export function notifyReports(
  settings: readonly Listed[],
  requestId: number,
  generatedAt: string,
): OutCall[] {
  const listed = settings.filter((each): each is ListedVariable => each.at !== undefined);
  const pages = Math.ceil(listed.length / REPORTED_MAX);
  return Array.from({ length: pages }, (_, seqNo) =>
    calling<"2.0.1">()("NotifyReport", {
      requestId,
      generatedAt,
      seqNo,
      tbc: seqNo < pages - 1,
      reportData: listed.slice(seqNo * REPORTED_MAX, (seqNo + 1) * REPORTED_MAX).map(reported),
    }),
  );
}

function reported({ at, readonly, type, unit, value }: ListedVariable) {
  const { component, instance, variable } = at;
  return {
    component: { name: component },
    variable: { name: variable, ...(instance === undefined ? {} : { instance }) },
    variableAttribute: [
      { type: "Actual", value, mutability: readonly ? "ReadOnly" : "ReadWrite", persistent: true },
    ],
    variableCharacteristics: {
      dataType: type,
      supportsMonitoring: false,
      ...(unit === undefined ? {} : { unit }),
    },
  } as const;
}

const same = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();
