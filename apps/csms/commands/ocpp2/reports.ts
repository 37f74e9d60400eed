/** GetBaseReport (2.0.1 B07) and GetReport (B08): what is asked for comes as NotifyReport, under the id given here. */

import { beginReport, isReportOpen, type ReportKind, refuseReport } from "../../stations/reports.ts";
import type { Tx } from "../../store/writer.ts";
import { OPEN_PER_STATION_MAX } from "../limits.ts";
import { type Answer2, type Answered, type Asked2, type Check, type Sent, unlessForced } from "../route.ts";
import { findRequested } from "../rows.ts";

type Request = { readonly requestId: number };

/** Parts of two reports of one id could not be told apart (reason code DuplicateRequestId). */
export const checkReport: Check<Request> = async ({ tx, station, payload: { requestId } }) => {
  const open =
    (await isReportOpen(tx, station.id, requestId)) || (await isWaiting(tx, station.id, requestId));
  return open
    ? unlessForced(`report ${requestId} of ${station.id} is still coming: take another requestId`)
    : undefined;
};

/** Another person asked for one of that id a moment ago, and it has not been sent yet. */
async function isWaiting(tx: Pick<Tx, "all">, station: string, requestId: number): Promise<boolean> {
  const waiting = await tx.all(findRequested, { station, most: OPEN_PER_STATION_MAX });
  return waiting.some(
    ({ action, payload }) => reports.has(action) && (JSON.parse(payload) as Request).requestId === requestId,
  );
}
const reports: ReadonlySet<string> = new Set(["GetBaseReport", "GetReport"]);

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

/** A CALLERROR, or no answer: one that comes all the same is taken, and its id is free for another. */
export const forgetReport = ({ tx, station, payload, atMs }: Sent<Request>): Promise<void> =>
  refuseReport(tx, station, payload.requestId, atMs);
