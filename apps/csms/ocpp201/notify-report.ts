/** NotifyReport (OCPP 2.0.1 B07.FR.10, B08): parts of a report that we asked for; the newest value of each variable. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { takeReportPart } from "../stations/reports.ts";
import type { Variable } from "../stations/variables.ts";
import { headOf } from "../transactions/record.ts";

type Payload = RequestOf<"2.0.1", "NotifyReport">;

export const notifyReport: Handler<Payload> = async (tx, call) => {
  const { requestId, seqNo, tbc, reportData } = call.payload;
  const variables = (reportData ?? []).flatMap(variablesOf);
  const part = { requestId, seqNo, more: tbc ?? false, variables };
  if (call.live) await takeReportPart(tx, call.station.id, part, call.arrivedAtMs);
  const data = { requestId, part: seqNo, more: part.more, variables: variables.length };
  observe(tx, { ...headOf(call), kind: "station.report", data });
  return result<ResponseOf<"2.0.1", "NotifyReport">>({});
};

function variablesOf(entry: NonNullable<Payload["reportData"]>[number]): Variable[] {
  const { component, variable, variableCharacteristics: characteristics } = entry;
  return entry.variableAttribute.map(({ type, value, mutability, persistent, constant }) => ({
    ...{ component, variable, value, mutability, persistent, constant, characteristics },
    attribute: type ?? "Actual",
  }));
}
