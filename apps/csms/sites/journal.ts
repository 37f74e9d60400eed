/**
 * Records of a site's journal: each applied exactly once per (site, epoch, seq), in order.
 *
 *     seq = acked + 1   applied, and the position moves in the same commit
 *     seq ≤ acked       duplicate: nothing moves, nothing is observed again; a live one gets the same answer again
 *     seq > acked + 1   gap: nothing is done, the site sends from where we are
 *
 * One bad record never blocks the rest (QUIRKS 34): what cannot be applied is quarantined, that is observed and
 * acknowledged. A site speaks only for its own stations (ADR 7): for any other, nothing is applied, save what it still
 * owes of the transactions of a station that was moved away (former.ts).
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { FrameRecord, JournalRecord } from "@wattward/sitelink";
import { type Call, refusal } from "../core/call.ts";
import type { Decision, World } from "../core/decision.ts";
import { dispatch } from "../core/dispatch.ts";
import { clipped, observe } from "../core/observations.ts";
import type { SiteRecord, StationAnswer } from "../core/port.ts";
import { speaksFor } from "../stations/presence.ts";
import { findStation, type Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { acceptedIn, takeLocalAnswer } from "../transactions/local-answer.ts";
import { wasOf } from "./former.ts";
import { advanceJournal, findJournal, insertJournal } from "./rows.ts";

export const takeRecord: Decision<"site.record"> = async (tx, input, world) => {
  const { site, record, atMs } = input;
  const { epoch, seq, trace } = record;
  const journal = await tx.first(findJournal, { site, epoch });
  const acked = journal?.acked_seq ?? 0;
  if (seq > acked + 1) return { kind: "gap", ackedSeq: acked };
  if (seq <= acked) {
    const answer = input.live ? await again(tx, input, world) : undefined;
    return { kind: "duplicate", ackedSeq: acked, ...(answer && { answer }) };
  }
  if (journal === undefined) await tx.run(insertJournal, { site, epoch, atMs });
  await tx.run(advanceJournal, { site, epoch, seq, trace });
  const answer = await apply(tx, input, world);
  return { kind: "applied", ackedSeq: seq, ...(answer && input.live && { answer }) };
};

/** The answer to a record that was applied before: as history, which changes nothing that is newer, and unobserved. */
const again = (tx: Tx, input: SiteRecord, world: World) =>
  apply({ ...tx, observe: () => {} }, { ...input, live: false, repeated: true }, world);

type Applying = SiteRecord & { readonly repeated?: true };

/** The answer for the station, where the record holds a CALL of one. */
async function apply(tx: Tx, told: Applying, world: World): Promise<StationAnswer | undefined> {
  const { record, site } = told;
  const station = await tx.first(findStation, { id: record.station });
  const own = station !== undefined && speaksFor({ kind: "site", site }, station);
  const may = own ? "yes" : station === undefined ? "no" : await wasOf(tx, station, told);
  // A former site tells history, whoever waits for it there.
  const input = own ? told : { ...told, live: false, ...(may === "late" && tooLate(told)) };
  if (station === undefined || may === "no" || (may === "late" && input.call === undefined)) {
    const data = { action: input.call?.action ?? record.kind, seq: record.seq };
    observe(tx, { ...headOf(input), kind: "security.foreign-station", data });
    return refusal("SecurityError", "this station is not one of this site's");
  }
  switch (record.kind) {
    case "frame":
      return frame(tx, input, { record, station }, world);
    case "answer":
      await answered(tx, input, station, record);
      return undefined;
    case "gap": {
      const { epoch, seq, action, count } = record;
      observe(tx, {
        ...headOf(input),
        kind: "journal.gap",
        data: { epoch, seq, action: clipped(action), count },
      });
      return undefined;
    }
  }
}

/** Kept, and applied to nothing. */
const tooLate = ({ call }: SiteRecord): Pick<SiteRecord, "call"> => {
  const fault = { code: "SecurityError", description: "this station left this site too long ago" };
  return call === undefined ? {} : { call: { ...call, fault } };
};

async function frame(
  tx: Tx,
  input: Applying,
  { record, station }: { record: FrameRecord; station: Station },
  world: World,
): Promise<StationAnswer> {
  if (input.call === undefined) {
    const { code, description } = input.fault ?? { code: "FormatViolation", description: "no CALL in it" };
    quarantine(tx, input, code, description);
    return refusal(code, description);
  }
  const answer = await dispatch(tx, callOf(input, input.call, { record, station }), world);
  // Nobody waits for the answer to history, so a refusal must be seen here or nowhere.
  if (answer.kind === "error" && !input.live) quarantine(tx, input, answer.code, answer.description);
  return answer;
}

function callOf(
  input: Applying,
  call: NonNullable<SiteRecord["call"]>,
  { record, station }: { record: FrameRecord; station: Station },
): Call {
  const localAnswer = record.localAnswer === undefined ? undefined : payloadOf(record.localAnswer);
  return {
    ...call,
    station,
    version: record.version,
    trace: record.trace,
    receivedAtMs: record.receivedAtMs,
    clockQuality: record.clockQuality,
    arrivedAtMs: input.atMs,
    live: input.live,
    ...(input.repeated && { repeated: input.repeated }),
    journal: {
      epoch: record.epoch,
      seq: record.seq,
      ...(record.transactionId !== undefined && { transactionId: record.transactionId }),
      ...(localAnswer !== undefined && { localAnswer }),
    },
  };
}

/** The link died before our answer came, and the site gave its own: that is what the station was told. */
async function answered(
  tx: Tx,
  input: SiteRecord,
  station: Station,
  record: JournalRecord & { kind: "answer" },
): Promise<void> {
  const said = payloadOf(record.localAnswer);
  await takeLocalAnswer(tx, {
    station,
    epoch: record.epoch,
    seq: record.ofSeq,
    accepted: said !== undefined && acceptedIn(said),
    head: headOf(input),
    atMs: input.atMs,
  });
}

function quarantine(tx: Tx, input: SiteRecord, code: string, description: string): void {
  const { epoch, seq } = input.record;
  const data = { epoch, seq, code: clipped(code), description: clipped(description) };
  observe(tx, { ...headOf(input), kind: "journal.quarantined", data });
}

const headOf = ({ site, record, live, atMs }: SiteRecord) =>
  ({ source: "site", atMs, station: record.station, site, trace: record.trace, live }) as const;

/** Payload of a CALLRESULT `[3, id, {…}]`; undefined for anything else. */
function payloadOf(text: string): JsonObject | undefined {
  let frame: Json;
  try {
    frame = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!Array.isArray(frame) || frame[0] !== 3) return undefined;
  const payload: Json | undefined = frame[2];
  return typeof payload === "object" && payload !== null && !Array.isArray(payload)
    ? (payload as JsonObject)
    : undefined;
}
