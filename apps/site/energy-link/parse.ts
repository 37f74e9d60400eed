/**
 * Strict parsers of what local controller and energy controller say to each other: one line is exactly one message of `messages.ts`, or
 * a fault with the path of the first thing wrong. Nothing is repaired; whoever hears a fault ends the link, as with a dead peer.
 */
import {
  CURRENT_MA_MAX,
  OUTLETS_MAX,
  POWER_W_MAX,
  QUARTERS_TOLD_MAX,
  quarterRule,
  snapshotRule,
} from "@wattward/energy";
import { type Fault, failed, ok, type Result } from "@wattward/kernel";
import {
  boolean,
  exactly,
  list,
  number,
  object,
  oneOf,
  optional,
  type Rule,
  text,
  whole,
} from "@wattward/kernel/shape";
import {
  type FromEnergy,
  type FromLocal,
  LINE_BYTES_MAX,
  type ToldExternal,
  type ToldSession,
} from "./messages.ts";

/** The fault is the other process's; the sentence names the field and shows none of its content. */
export type LineFault = Fault<"too-long" | "not-json" | "bad-message">;

/** Sessions at once: one an outlet. Outcomes, grants and observations of one message. */
const OUTCOMES_MAX = 4 * OUTLETS_MAX;
const OBSERVATIONS_MAX = 100;
const TERMINALS_MAX = 3;

const id = text(128, 1);
const agoMs = number(0);
const current = number(0, CURRENT_MA_MAX);

const session = object<ToldSession>({
  id,
  outlet: id,
  connectedAgoMs: agoMs,
  wantsMa: current,
  inForceMa: optional(current),
  goesOnMa: optional(current),
  observed: optional(
    object<NonNullable<ToldSession["observed"]>>({
      agoMs,
      // A car that gives energy back draws less than nothing.
      terminalsMa: list(number(-CURRENT_MA_MAX, CURRENT_MA_MAX), TERMINALS_MAX),
    }),
  ),
  deliveredWh: number(),
  energyWh: optional(number(0)),
  departureWallMs: optional(whole(0)),
  dischargeWMax: optional(number(0, POWER_W_MAX)),
  dischargeLeftWh: optional(number(0)),
});

const fromLocal = object<FromLocal>({
  t: exactly("state"),
  bundleVersion: whole(0),
  linkUp: boolean,
  wallMs: optional(whole(0)),
  grantSeq: whole(0),
  sessions: list(session, OUTLETS_MAX),
  unlimited: optional(list(id, OUTLETS_MAX)),
  outcomes: list(
    object<FromLocal["outcomes"][number]>({
      session: id,
      seq: whole(1),
      outcome: oneOf("accepted", "rejected", "unanswered"),
      agoMs,
    }),
    OUTCOMES_MAX,
  ),
  csmsEpoch: whole(0),
  quartersAckedWallMs: optional(whole(0)),
});

const fromEnergy = object<FromEnergy>({
  t: exactly("turn"),
  turn: whole(1),
  mode: oneOf("planned", "reactive", "conservative"),
  reason: text(500),
  grants: list(
    object<FromEnergy["grants"][number]>({
      session: id,
      outlet: id,
      seq: whole(1),
      limitMa: current,
      ttlMs: number(1_000, 600_000),
      reason: oneOf(
        ...([
          "raised",
          "lowered-for-limit",
          "shared-anew",
          "waits-in-queue",
          "not-obeying",
          "refreshed",
          "gives-back",
          "gives-back-no-more",
        ] satisfies FromEnergy["grants"][number]["reason"][]),
      ),
      dischargeMa: optional(current),
    }),
    OUTLETS_MAX,
  ),
  external: optional(
    object<ToldExternal>({
      kind: oneOf("init", "limited", "failsafe", "unlimited"),
      limitW: optional(number(0, POWER_W_MAX)),
      forMs: optional(number(0)),
    }),
  ),
  snapshot: optional(snapshotRule),
  quarters: optional(list(quarterRule, QUARTERS_TOLD_MAX)),
  observations: optional(
    list(
      object<NonNullable<FromEnergy["observations"]>[number]>({ kind: text(64, 1), detail: text(1_000) }),
      OBSERVATIONS_MAX,
    ),
  ),
});

/** A line of the local controller. */
export const parseFromLocal = (line: string): Result<FromLocal, LineFault> =>
  parsed<FromLocal>(line, fromLocal);

/** A line of the energy controller. */
export const parseFromEnergy = (line: string): Result<FromEnergy, LineFault> =>
  parsed<FromEnergy>(line, fromEnergy);

function parsed<T>(line: string, rule: Rule): Result<T, LineFault> {
  if (line.length > LINE_BYTES_MAX) return failed({ code: "too-long", sentence: "The line is too long." });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return failed({ code: "not-json", sentence: "The line is not JSON." });
  }
  const wrong = rule(value);
  return wrong === undefined
    ? ok(value as T)
    : failed({ code: "bad-message", sentence: `The message${wrong}.` });
}
