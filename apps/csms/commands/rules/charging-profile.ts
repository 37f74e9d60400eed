/**
 * Charging profiles before they go out, in one form for 1.6 (§3.13, §5.16) and 2.x (K01, K28): where a profile of each
 * purpose may stand, what its schedule looks like, and what the station told of how many and how long.
 */
import { managedOutlets } from "../../energy/managed-outlets.ts";
import { isOver } from "../../stations/charging-profiles.ts";
import { statement } from "../../store/statement.ts";
import { type Asking, firstOf, never, type Objection, unlessForced } from "../route.ts";
import { knownCount, knownList, knownMost, place } from "./known.ts";
import { objectToRating } from "./managed-outlet.ts";
import { objectToPlace } from "./places.ts";
import { objectToExpiry } from "./profile-expiry.ts";
import { objectToTransaction } from "./transactions.ts";

export type PlainProfile = {
  readonly id: number;
  readonly evse: number;
  readonly stackLevel: number;
  readonly purpose: string;
  readonly kind: string;
  readonly recurrency?: string | undefined;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** On the wire. */
  readonly transaction?: string | undefined;
  readonly schedules: readonly PlainSchedule[];
};
export type PlainSchedule = {
  readonly startSchedule?: string | undefined;
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly chargingRateUnit: string;
  readonly chargingSchedulePeriod: readonly PlainPeriod[];
};
export type PlainPeriod = {
  readonly startPeriod: number;
  readonly limit?: number | undefined;
  readonly numberPhases?: number | undefined;
  readonly phaseToUse?: number | undefined;
};

/** For the whole station, and at no single EVSE (1.6 §3.13.1; K01.FR.40). */
const ofStation: ReadonlySet<string> = new Set(["ChargePointMaxProfile", "ChargingStationMaxProfile"]);

/** `starting`: it goes with a remote start, whose transaction has no id yet (1.6 §5.11; F01.FR.09, F01.FR.11). */
export async function objectToProfile(
  asking: Asking<unknown>,
  profile: PlainProfile,
  { starting = false }: { readonly starting?: boolean } = {},
): Promise<Objection | undefined> {
  const { transaction } = profile;
  return firstOf(
    asking,
    () => objectToPurpose(profile, starting) ?? objectToTimes(profile) ?? objectToPeriods(profile),
    () => (starting ? undefined : objectToPlace(asking, profile, { whole: true })),
    () => (transaction === undefined ? undefined : objectToTransaction(asking, transaction)),
    async () => {
      const managed = await managedOutlets(asking.tx, asking.station);
      if (managed !== undefined) return objectToRating(managed, profile, ofStation.has(profile.purpose));
      return firstOf(
        asking,
        () => objectToLimits(asking, profile),
        () => (starting ? undefined : objectToExpiry(profile, asking.atMs)),
      );
    },
  );
}

function objectToPurpose(
  { purpose, evse, transaction }: PlainProfile,
  starting: boolean,
): Objection | undefined {
  if (purpose === "ChargingStationExternalConstraints") {
    return never("external constraints are set by the grid, never by a central system (K01.FR.22)");
  }
  if (starting) {
    if (purpose !== "TxProfile") return never(`with a remote start only a TxProfile goes, not a ${purpose}`);
    return transaction === undefined
      ? undefined
      : never("the transaction that a remote start begins has no id yet: leave transactionId out");
  }
  if (ofStation.has(purpose) && evse !== 0)
    return never(`a ${purpose} is for the whole station: set it at 0`);
  if (purpose !== "TxProfile") {
    return transaction === undefined ? undefined : never(`a ${purpose} belongs to no transaction`);
  }
  if (evse === 0) return never("a TxProfile stands at one EVSE or connector, and 0 is the whole station");
  return transaction === undefined
    ? never("a TxProfile needs the transactionId that it is for (1.6 §3.13.1; K01.FR.03)")
    : undefined;
}

function objectToTimes(profile: PlainProfile): Objection | undefined {
  const { kind, recurrency, purpose, validFrom, validTo, schedules } = profile;
  if (kind === "Recurring" && recurrency === undefined)
    return never("a Recurring profile needs recurrencyKind");
  if (kind === "Relative" && ofStation.has(purpose)) {
    return never(`a ${purpose} has no transaction to be Relative to (K01.FR.38)`);
  }
  if (validFrom !== undefined && validTo !== undefined && Date.parse(validFrom) >= Date.parse(validTo)) {
    return never(`it would end (${validTo}) before it begins (${validFrom})`);
  }
  const begun = schedules.filter(({ startSchedule }) => startSchedule !== undefined).length;
  if ((kind === "Absolute" || kind === "Recurring") && begun < schedules.length) {
    return never(`an ${kind} profile needs startSchedule (1.6 §7.13; K01.FR.40)`);
  }
  return kind === "Relative" && begun > 0
    ? never("a Relative profile begins with its transaction: leave startSchedule out (K01.FR.41)")
    : undefined;
}

function objectToPeriods({ kind, schedules }: PlainProfile): Objection | undefined {
  for (const { chargingSchedulePeriod: periods } of schedules) {
    if (periods[0]?.startPeriod !== 0) return never("the first startPeriod of a schedule is 0 (K01.FR.31)");
    const odd = periods.findIndex((one, i) => i > 0 && one.startPeriod <= (periods[i - 1]?.startPeriod ?? 0));
    if (odd > 0)
      return never(`the periods of a schedule follow each other in time: number ${odd + 1} does not`);
    if (periods.some(({ limit }) => limit !== undefined && limit < 0)) return never("no limit is below 0");
    if (periods.some((one) => one.phaseToUse !== undefined && one.numberPhases !== 1)) {
      return never("phaseToUse goes with numberPhases 1 alone (K01.FR.19)");
    }
  }
  const [first, ...others] = schedules;
  if (kind !== "Dynamic") return undefined;
  return others.length === 0 && first?.chargingSchedulePeriod.length === 1
    ? undefined
    : never("a Dynamic profile has one schedule with one period (K28.FR.01)");
}

async function objectToLimits({ tx, station }: Asking<unknown>, profile: PlainProfile) {
  const from = { tx, station: station.id };
  const levels = await knownCount(from, place("SmartChargingCtrlr", "ProfileStackLevel"));
  if (levels !== undefined && profile.stackLevel > levels) {
    return unlessForced(`${station.id} knows stack levels up to ${levels}, not ${profile.stackLevel}`);
  }
  const periods = await knownCount(from, place("SmartChargingCtrlr", "PeriodsPerSchedule"));
  const longest = Math.max(...profile.schedules.map((one) => one.chargingSchedulePeriod.length));
  if (periods !== undefined && longest > periods) {
    return unlessForced(`${station.id} takes ${periods} periods in a schedule, not ${longest}`);
  }
  const units = await knownList(from, place("SmartChargingCtrlr", "RateUnit"));
  const odd = profile.schedules.find(({ chargingRateUnit: unit }) => !takesUnit(units, unit));
  if (odd !== undefined) return unlessForced(`${station.id} takes no limits in ${odd.chargingRateUnit}`);
  const most = await knownMost(from, place("SmartChargingCtrlr", "Entries", "ChargingProfiles"));
  const has = await tx.all(profileIds, { station: station.id });
  const more = !has.some(({ profile_id }) => profile_id === profile.id);
  if (most === undefined || !more || has.length < most) return undefined;
  return unlessForced(`${station.id} holds ${most} profiles, and has as many: clear one first`);
}

/** 2.x says `A,W`, 1.6 `Current,Power` (1.6 §9.4.2). */
const words: Readonly<Record<string, string>> = { A: "current", W: "power" };
const takesUnit = (units: readonly string[] | undefined, unit: string): boolean =>
  units === undefined || units.includes(unit.toLowerCase()) || units.includes(words[unit] ?? "");

const profileIds = statement((db, p: { station: string }) =>
  db
    .selectFrom("charging_profiles")
    .select("profile_id")
    .where("station_id", "=", p.station)
    .where((e) => e.not(isOver(e))),
);
