/**
 * Strict parsers of what a site tells of its energy (`snapshot.ts`): shapes as tables, exact to the field. The energy controller is another
 * process to the local controller, and the site another machine to its CSMS, so neither takes a word of the other's unread.
 */
import { type Fault, failed, INSTANT_MS_MAX, ok, type Result } from "@wattward/kernel";
import {
  boolean,
  list,
  number,
  object,
  oneOf,
  optional,
  type Rule,
  text,
  tuple,
  whole,
} from "@wattward/kernel/shape";
import type { LoopState } from "./inputs.ts";
import {
  DEVICES_MAX,
  FUSES_MAX,
  METERS_MAX,
  OUTLETS_MAX,
  PLAN_STEPS_MAX,
  QUARTERS_TOLD_MAX,
  SOURCES_MAX,
} from "./limits.ts";
import { MODES } from "./modes.ts";
import type { EnergyQuarter, EnergySnapshot, Flows, PlanView } from "./snapshot.ts";

export type ToldFault = Fault<"not-json" | "bad-snapshot" | "bad-quarters">;

const id = text(64, 1);
const sentence = text(500);
const wall = whole(0, INSTANT_MS_MAX);
const mode = oneOf(...MODES.map((row) => row.mode));
const perPhase = tuple(number(), 3);

const flows = object<Flows>({
  gridW: optional(number()),
  solarW: optional(number()),
  batteryW: optional(number()),
  buildingW: optional(number()),
  carsW: optional(number()),
});

const steps = list(number(), PLAN_STEPS_MAX);
/** For whoever takes a planner's word unread. */
export const planViewRule: Rule = object<PlanView>({
  madeAtWallMs: wall,
  fromWallMs: wall,
  stepMs: whole(1),
  gridW: steps,
  carsW: steps,
  batteryW: steps,
  solarW: steps,
  buildingW: steps,
  chargePermille: steps,
});

/** For whoever carries a snapshot inside a message of its own. */
export const snapshotRule: Rule = object<EnergySnapshot>({
  atWallMs: wall,
  mode,
  islanded: boolean,
  reason: sentence,
  modeSinceWallMs: wall,
  flows,
  externalLimit: optional(
    object<NonNullable<EnergySnapshot["externalLimit"]>>({
      kind: id,
      limitW: optional(number(0)),
      untilWallMs: optional(wall),
    }),
  ),
  fuses: list(
    object<LoopState["fuses"][number]>({
      id,
      baseMa: perPhase,
      mayMa: perPhase,
      capacityMa: perPhase,
      known: oneOf("metered", "declared"),
      beyondDeclaration: boolean,
      measuredMa: optional(perPhase),
    }),
    FUSES_MAX,
  ),
  outlets: list(
    object<EnergySnapshot["outlets"][number]>({
      id,
      limitMa: number(0),
      mayMa: perPhase,
      standing: oneOf("obeys", "disobeys", "deaf", "unlimited", "empty"),
      dischargeMa: optional(number(0)),
      observedMa: optional(number()),
      reason: optional(sentence),
    }),
    OUTLETS_MAX,
  ),
  batteries: list(
    object<EnergySnapshot["batteries"][number]>({
      id,
      feedW: number(),
      chargePermille: number(0, 1_000),
      setW: optional(number()),
      why: sentence,
    }),
    SOURCES_MAX,
  ),
  meters: list(object<LoopState["meters"][number]>({ id, refused: optional(sentence) }), METERS_MAX),
  devices: optional(
    list(
      object<NonNullable<EnergySnapshot["devices"]>[number]>({
        id,
        kind: oneOf("meter", "solar", "battery", "limit-signal", "contactor"),
        state: oneOf("unknown", "well", "ailing", "asleep", "lost"),
        sinceWallMs: wall,
        detail: optional(sentence),
        writes: optional(whole(0)),
      }),
      DEVICES_MAX,
    ),
  ),
  plan: optional(planViewRule),
  forecastError: optional(
    object<NonNullable<EnergySnapshot["forecastError"]>>({
      loadW: number(),
      solarW: number(),
      departureMin: number(),
      takenWh: optional(number()),
      arrivals: optional(number()),
    }),
  ),
});

export const quarterRule: Rule = object<EnergyQuarter>({
  fromWallMs: wall,
  importWh: number(0),
  exportWh: number(0),
  solarWh: number(0),
  batteryInWh: number(0),
  batteryOutWh: number(0),
  buildingWh: number(0),
  carsWh: number(0),
  carsWhByMode: object<EnergyQuarter["carsWhByMode"]>({
    planned: optional(number(0)),
    reactive: optional(number(0)),
    conservative: optional(number(0)),
    fallback: optional(number(0)),
    default: optional(number(0)),
  }),
  costMilliCent: number(),
  planned: optional(
    object<NonNullable<EnergyQuarter["planned"]>>({
      gridWh: number(),
      carsWh: number(),
      batteryWh: number(),
    }),
  ),
  measuredS: number(0, 900),
  chargePermille: optional(number(0, 1_000)),
});

/** Reads the text of a snapshot; the fault is its sender's. */
export function parseSnapshot(from: string): Result<EnergySnapshot, ToldFault> {
  return parsed<EnergySnapshot>(from, snapshotRule, "bad-snapshot");
}

/** Reads the text of finished quarters, at most {@link QUARTERS_TOLD_MAX}; the fault is their sender's. */
export function parseQuarters(from: string): Result<readonly EnergyQuarter[], ToldFault> {
  return parsed<readonly EnergyQuarter[]>(from, list(quarterRule, QUARTERS_TOLD_MAX), "bad-quarters");
}

function parsed<T>(from: string, rule: Rule, code: ToldFault["code"]): Result<T, ToldFault> {
  let value: unknown;
  try {
    value = JSON.parse(from);
  } catch {
    return failed({ code: "not-json", sentence: "This is not JSON." });
  }
  const wrong = rule(value);
  return wrong === undefined ? ok(value as T) : failed({ code, sentence: `What was told${wrong}.` });
}
