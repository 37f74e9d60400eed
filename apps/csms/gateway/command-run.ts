/**
 * One command on its way to its station and back: in as many messages as the station needs (QUIRKS 33), one after the
 * other, with one outcome.
 *
 *     room known? ─▶ parts ─▶ each: call ─▶ yes, on with the next │ too large: smaller parts, and learned │ else: the end
 *
 * What is not repeatable is never sent twice. Where the connection ends, or no answer comes, under a large message, that
 * is learned for the next time; this one is unknown, because it may have run.
 */
import type { Clock, JsonObject } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { judgedReply, shownBy } from "../commands/judge.ts";
import { ANSWERS_CHARS_MAX, LARGE_BYTES } from "../commands/limits.ts";
import { routeOf } from "../commands/routing.ts";
import { bytesOf, itemsIn, mergedAnswer, partsOf } from "../commands/split.ts";
import type { DueCommand, LearnedFact, Room } from "../core/port.ts";
import { COMMAND_ANSWER_MS_MAX } from "./limits.ts";
import { type Judged, judged } from "./outcome.ts";
import type { StationLink } from "./station-link.ts";

/** How often one command may be sent in smaller parts: each time they are half as large. */
const HALVINGS_MAX = 6;

export type Run = Judged & {
  /** The station answered at least once. */
  readonly answered: boolean;
  readonly learned: readonly LearnedFact[];
  /** What came of each message, in order. */
  readonly outcomes: readonly CallOutcome[];
};
type Link = Pick<StationLink, "call" | "version" | "open">;

/** Never rejects. Each message waits for its answer until the command expires, and no longer than its row allows. */
export async function runCommand(link: Link, due: DueCommand, clock: Clock): Promise<Run> {
  const outcomes: CallOutcome[] = [];
  const learned: LearnedFact[] = [];
  let room = due.room ?? {};
  const ended = (result: Judged): Run => ({
    ...result,
    learned,
    outcomes,
    answered: outcomes.some(({ kind }) => kind === "result" || kind === "error" || kind === "invalid"),
  });
  for (let halvings = 0; ; halvings += 1) {
    const attempt = await sendParts(link, due, { room, clock, outcomes });
    if (attempt.kind === "ended") {
      learned.push(...factsOf(link, due, attempt));
      return ended(attempt.result);
    }
    const smaller = halvings < HALVINGS_MAX ? halved(attempt.payload, due.action) : undefined;
    if (smaller === undefined) return ended(attempt.result);
    room = { ...room, items: smaller };
    learned.splice(0, learned.length, { kind: "items", about: due.action, most: smaller });
  }
}

type Attempt = { readonly payload: JsonObject; readonly last: CallOutcome; readonly result: Judged } & (
  | { readonly kind: "ended" }
  /** The station refused this part for its size, and it may be sent in smaller ones. */
  | { readonly kind: "too-large" }
);
type Way = { readonly room: Room; readonly clock: Clock; readonly outcomes: CallOutcome[] };

async function sendParts(link: Link, due: DueCommand, { room, clock, outcomes }: Way): Promise<Attempt> {
  const { action } = due;
  const row = routeOf(link.version, action);
  const parts = partsOf(action, due.payload, room);
  if (parts.kind === "impossible") return unsent(due, parts.sentence);
  const answers: JsonObject[] = [];
  let chars = 0;
  for (const [i, payload] of parts.payloads.entries()) {
    const leftMs = due.expiresAtMs - clock.now().wallMs;
    const told = { parts: parts.payloads.length, done: i };
    if (leftMs <= 0)
      return stopped(due, answers, { ...told, because: "it expired before all of it was sent" });
    if (chars > ANSWERS_CHARS_MAX)
      return stopped(due, answers, { ...told, because: "the answers are too long to keep" });
    const timeoutMs = Math.min(row?.answerMsMax ?? COMMAND_ANSWER_MS_MAX, leftMs);
    const last = await link.call(action, payload, { timeoutMs });
    outcomes.push(last);
    const result = judged(last, (answer) => judgedReply(link.version, action, answer));
    const first = answers.length === 0;
    const divisible = row?.repeatable === true && itemsIn(action, payload) > 1;
    // A list that has begun has changed already: only its first part, which replaces all, may be sent anew.
    if (divisible && (first || action !== "SendLocalList") && isTooLarge(last)) {
      return { kind: "too-large", payload, last, result };
    }
    if (last.kind !== "result" || (result.state === "refused" && !goesOn(action))) {
      return { kind: "ended", payload, last, result: withParts(action, result, { ...told, answers }) };
    }
    answers.push(last.payload);
    chars += last.raw.length;
  }
  const answer = mergedAnswer(action, answers);
  const outcome = parts.payloads.length === 1 ? answer : { ...answer, parts: parts.payloads.length };
  const last: CallOutcome = { kind: "result", payload: answer, raw: "" };
  const state = judgedReply(link.version, action, answer);
  return { kind: "ended", payload: due.payload, last, result: { state, outcome } };
}

/** Refused results of some variables do not keep the others from being read or set. */
const goesOn = (action: string): boolean => action !== "SendLocalList";

const unsent = ({ payload }: DueCommand, sentence: string): Attempt => {
  const outcome = { error: "not-sent", description: sentence };
  return { kind: "ended", payload, last: { kind: "busy" }, result: { state: "failed", outcome } };
};

type Told = { readonly parts: number; readonly done: number };

/** It ends between two parts, by our own limits. */
function stopped(
  { action, payload }: DueCommand,
  answers: readonly JsonObject[],
  { because, ...told }: Told & { readonly because: string },
): Attempt {
  const result: Judged = { state: "failed", outcome: { error: "not-sent", description: because } };
  return {
    kind: "ended",
    payload,
    last: { kind: "busy" },
    result: withParts(action, result, { ...told, answers }),
  };
}

/** How far it came, and what was answered before. */
function withParts(
  action: string,
  { state, outcome }: Judged,
  { parts, done, answers }: Told & { readonly answers: readonly JsonObject[] },
): Judged {
  if (parts === 1) return { state, outcome };
  const before = answers.length === 0 || !goesOn(action) ? {} : { before: mergedAnswer(action, answers) };
  return { state, outcome: { ...outcome, ...before, parts, done } };
}

/** B06.FR.16 and .17, B05.FR.11, D01.FR.11; Part 4 §4.3; the reason codes of 2.x, appendix 5. */
const sizeCodes: ReadonlySet<string> = new Set([
  "OccurrenceConstraintViolation",
  "OccurenceConstraintViolation",
  "FormatViolation",
]);
const sizeReasons: ReadonlySet<string> = new Set(["TooManyElements", "TooLargeElement"]);
const SIZE_WORDS = /too (many|large|long|big)|size|exceed/i;

function isTooLarge(outcome: CallOutcome): boolean {
  if (outcome.kind === "error") return sizeCodes.has(outcome.code) || SIZE_WORDS.test(outcome.description);
  if (outcome.kind !== "result") return false;
  const { status, statusInfo } = outcome.payload;
  // SendLocalList: 1.6 has no other word for a list that does not fit (§5.15).
  if (status === "Failed") return true;
  const reason =
    typeof statusInfo === "object" && statusInfo !== null ? (statusInfo as JsonObject)["reasonCode"] : "";
  return status !== "Accepted" && typeof reason === "string" && sizeReasons.has(reason);
}

/** Items of the next, smaller part; undefined where there is nothing left to divide. */
function halved(payload: JsonObject, action: string): number | undefined {
  const items = itemsIn(action, payload);
  return items > 1 ? Math.floor(items / 2) : undefined;
}

/** What the end of it showed: an action that is not known, or a large message that nobody came back from. */
function factsOf(link: Link, due: DueCommand, { payload, last }: Attempt): readonly LearnedFact[] {
  if (last.kind === "error" || last.kind === "result") return shownBy(link.version, due, last);
  const bytes = bytesOf(payload);
  const silent = last.kind === "closed" || last.kind === "timeout";
  if (!silent || bytes < LARGE_BYTES || itemsIn(due.action, payload) < 2) return [];
  return [{ kind: "bytes", about: due.action, most: Math.floor(bytes / 2) }];
}
