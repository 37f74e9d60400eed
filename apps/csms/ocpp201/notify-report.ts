/** NotifyReport (OCPP 2.0.1 B07.FR.10, B08): parts of a report that we asked for; the newest value of each variable. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { componentName, storeVariables, type Variable, variableName } from "../stations/variables.ts";
import { headOf } from "../transactions/record.ts";

type Payload = RequestOf<"2.0.1", "NotifyReport">;

export const notifyReport: Handler<Payload> = async (tx, call) => {
  const { requestId, seqNo, tbc, reportData } = call.payload;
  const variables = (reportData ?? []).flatMap((entry) => variablesOf(entry, call.arrivedAtMs));
  if (call.live) await storeVariables(tx, call.station.id, variables);
  const data = { requestId, part: seqNo, more: tbc ?? false, variables: variables.length };
  observe(tx, { ...headOf(call), kind: "station.report", data });
  return result<ResponseOf<"2.0.1", "NotifyReport">>({});
};

function variablesOf(entry: NonNullable<Payload["reportData"]>[number], atMs: number): Variable[] {
  return entry.variableAttribute.map((attribute) => ({
    component: componentName(entry.component),
    variable: variableName(entry.variable),
    attribute: attribute.type ?? "Actual",
    value: attribute.value ?? null,
    readonly: attribute.mutability === "ReadOnly" ? 1 : 0,
    read_at_ms: atMs,
  }));
}
