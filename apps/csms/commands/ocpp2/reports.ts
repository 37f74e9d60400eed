/** GetBaseReport (2.0.1 B07) and GetReport (B08): what is asked for comes as NotifyReport, under the id given here. */
import { beginReport, isReportOpen, type ReportKind, refuseReport } from "../../stations/reports.ts";
import { type Answer2, type Answered, type Asked2, type Check, type Sent, unlessForced } from "../route.ts";

type Request = { readonly requestId: number };

/** Parts of two reports of one id could not be told apart (reason code DuplicateRequestId). */
export const checkReport: Check<Request> = async ({ tx, station, payload: { requestId } }) =>
  (await isReportOpen(tx, station.id, requestId))
    ? unlessForced(`report ${requestId} of ${station.id} is still coming: take another requestId`)
    : undefined;

const begin = ({ tx, station, command, payload, atMs }: Sent<Request>, kind: ReportKind) =>
  beginReport(tx, station, { requestId: payload.requestId, kind, command, atMs });

/** Before it is sent: a part may come before the answer is stored. */
export const beginBaseReport = (sent: Sent<Asked2<"GetBaseReport">>) => begin(sent, sent.payload.reportBase);
export const beginSelectedReport = (sent: Sent<Asked2<"GetReport">>) => begin(sent, "GetReport");

export async function storeVerdict(
  answered: Answered<Request, Answer2<"GetBaseReport"> | Answer2<"GetReport">>,
): Promise<void> {
  const { tx, station, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") await refuseReport(tx, station, payload.requestId, atMs);
}
