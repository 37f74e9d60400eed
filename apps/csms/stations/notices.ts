/**
 * Lists that a station sends because it was asked to, in parts (2.0.1, 2.1): of its variables, of the messages on its
 * display, of what it knows about a person.
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { checkTransactions } from "../transactions/foreign.ts";
import { headOf } from "../transactions/record.ts";
import { takeReportPart } from "./reports.ts";
import { subjects, tell } from "./told.ts";
import type { Variable } from "./variables.ts";

type Report = RequestOf<Version2, "NotifyReport">;

/** The newest value of each variable (B07.FR.10, B08); history is not the present. */
export async function takeReport(tx: Tx, call: Call<Report>): Promise<void> {
  const { requestId, seqNo, tbc, reportData } = call.payload;
  const variables = (reportData ?? []).flatMap(variablesOf);
  const part = { requestId, seqNo, more: tbc ?? false, variables };
  if (call.live) await takeReportPart(tx, call.station.id, part, call.arrivedAtMs);
  const data = { requestId, part: seqNo, more: part.more, variables: variables.length };
  observe(tx, { ...headOf(call), kind: "station.report", data });
}

function variablesOf(entry: NonNullable<Report["reportData"]>[number]): Variable[] {
  const { component, variable, variableCharacteristics: characteristics } = entry;
  return entry.variableAttribute.map(({ type, value, mutability, persistent, constant }) => ({
    ...{ component, variable, value, mutability, persistent, constant, characteristics },
    attribute: type ?? "Actual",
  }));
}

/** What a display shows (O03, O04); the newest of each id, without those for transactions that are not its own. */
export async function takeDisplayMessages(
  tx: Tx,
  call: Call<RequestOf<Version2, "NotifyDisplayMessages">>,
): Promise<void> {
  const { requestId, tbc, messageInfo = [] } = call.payload;
  const shown = messageInfo.slice(0, subjects["display-message"]);
  const foreign = await checkTransactions(
    tx,
    call,
    shown.flatMap(({ transactionId }) => transactionId ?? []),
  );
  for (const info of shown) {
    if (info.transactionId !== undefined && foreign.has(info.transactionId)) continue;
    await tell(tx, call, { subject: "display-message", about: info.id, body: info });
  }
  const data = { requestId, more: tbc ?? false, messages: messageInfo.length };
  observe(tx, { ...headOf(call), kind: "station.display-messages", data });
}

/** Personal data, asked for by whoever may see it (N09, N10): that it came is told; it is kept nowhere. */
export function takeCustomerInformation(
  tx: Tx,
  call: Call<RequestOf<Version2, "NotifyCustomerInformation">>,
): void {
  const { requestId, seqNo, tbc, data: text } = call.payload;
  const data = { requestId, part: seqNo, more: tbc ?? false, chars: text.length };
  observe(tx, { ...headOf(call), kind: "station.customer-information", data });
}
