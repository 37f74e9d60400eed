/**
 * The safe default in a station (ADR 13): TxDefaultProfile, EVSE 0, level 0, no validity. Written once, looked at after every boot, written
 * again only where it is missing or another stands in its place: profiles lie in flash (K01.FR.27). Where only a limit of the whole station
 * is taken (`max`), it is such a one, below the grants', which a default of transactions would bound.
 *
 *     2.x   GetChargingProfiles ─▶ ours as it should be? others that nobody else may have set? ─▶ clear those, write ours
 *     1.6   GetCompositeSchedule ─▶ does it end at the safe limit, or below?                   ─▶ else clear all, write ours
 *
 * A station that comes under management for the first time may hold what some CSMS once set: that is cleared first.
 */
import type { Outlet } from "@wattward/energy";
import type { EvseId, Log } from "@wattward/kernel";
import type { Book, Learnt } from "./book.ts";
import { ask, type StationCaller } from "./caller.ts";
import { fieldsOf, listIn, numberIn, timeIn } from "./fields.ts";
import { measureOf } from "./limiting.ts";
import { COMPOSITE_BEYOND_S, GRANT_ID, SAFE_DEFAULT_ID, SAFE_WHOLE_ID, SAME_WITHIN_MA } from "./limits.ts";
import {
  askComposite,
  asWritten,
  clearProfile,
  limitAt,
  type Measure,
  type OwnProfile,
  readComposite,
  setProfile,
} from "./profile.ts";
import type { Installed, Reports } from "./reports.ts";
import type { ClockNews, StationTime } from "./station-time.ts";

export type SafePorts = {
  readonly outlets: readonly Outlet[];
  readonly voltageV: number;
  readonly book: Book;
  readonly reports: Reports;
  readonly time: StationTime;
  clockSays(news: ClockNews | undefined): void;
  readonly log: Log;
  nowMs(): number;
  observe(kind: string, detail: string): void;
};

/** `held`: it is there. `unheld`: the station will not have it, or shows more than it. `unknown`: it would not say; to be asked again. */
export type Held = "held" | "unheld" | "unknown";

type Carrier = { readonly id: number; readonly purpose: "tx-default" | "max" };
const byDefault: Carrier = { id: SAFE_DEFAULT_ID, purpose: "tx-default" };
const byWhole: Carrier = { id: SAFE_WHOLE_ID, purpose: "max" };

/** Of all outlets of a station the least, since one profile holds for all of them. */
export const safeOf = (outlets: readonly Outlet[]): number =>
  Math.min(...outlets.map(({ safeMa }) => safeMa));

export class SafeDefault {
  private readonly ports: SafePorts;

  constructor(ports: SafePorts) {
    this.ports = ports;
  }

  /** After a boot, or when the site has just begun to hear the station. */
  async check(caller: StationCaller): Promise<Held> {
    const installed = caller.version === "1.6" ? undefined : await this.ports.reports.installed(caller);
    if (installed === undefined) return this.byComposite(caller);
    const held = await this.settle(caller, installed);
    // Some list a limit of the whole, and do not keep to it.
    return held === "held" && this.carrier === byWhole ? this.unlessMore(caller) : held;
  }

  private async settle(caller: StationCaller, installed: readonly Installed[]): Promise<Held> {
    const { outlets, observe } = this.ports;
    const evses = outlets.map(({ evse }) => evse);
    const foreign = installed.filter(({ id, clearable }) => clearable && !isOurs(id, evses));
    for (const { id, purpose, evse } of foreign) {
      observe(
        "foreign-charging-profile",
        `profile ${id}, ${purpose} of EVSE ${evse}, was cleared: only the site writes profiles here`,
      );
      // It may name a thousand, and answer none.
      if ((await ask(caller, clearProfile(caller.version, id))).kind === "silent") return "unknown";
    }
    const there = ({ id }: Carrier) => installed.find((each) => each.id === id && each.evse === 0);
    const ours = there(this.carrier);
    const { safeMa } = this.ports.book.page;
    if (ours === undefined && !this.moves && safeMa !== undefined) this.forgot();
    if (ours === undefined || !this.isAsMeant(ours)) return this.write(caller);
    if (there(this.otherCarrier) !== undefined && !(await this.clearOther(caller))) return "unknown";
    await this.holds(safeOf(outlets));
    return "held";
  }

  private isAsMeant({ wire, stackLevel }: Installed): boolean {
    const { outlets, book } = this.ports;
    const schedule = fieldsOf(listIn(fieldsOf(wire), "chargingSchedule")[0]);
    const periods = listIn(schedule, "chargingSchedulePeriod").map(fieldsOf);
    const limit = periods.length === 1 ? numberIn(periods[0]!, "limit") : undefined;
    const meant = asWritten(safeOf(outlets), this.measure);
    return (
      stackLevel === 0 &&
      timeIn(schedule, "startSchedule") === 0 &&
      limit === meant &&
      schedule.get("chargingRateUnit") === book.page.learnt.unit &&
      !schedule.has("duration")
    );
  }

  private async byComposite(caller: StationCaller): Promise<Held> {
    const { book, outlets } = this.ports;
    const { safeMa } = book.page;
    const first = safeMa === undefined;
    if (!first) {
      const same = safeMa === safeOf(outlets) && !this.moves;
      const shown = same ? await this.shown(caller) : undefined;
      if (shown === "held") return "held";
      if (shown === "unheld" && book.page.safeMa !== undefined) this.forgot();
      // In the place of the one that is there, if it is: a car that charges is not left without any limit to find that out.
      const replaced = await this.write(caller);
      if (replaced !== "held" || (await this.shown(caller)) !== "unheld") return replaced;
    }
    // 1.6 does not list profiles: whatever some CSMS set before, it goes, and until ours is there nothing holds.
    if (first || caller.version === "1.6") {
      await this.holds(undefined);
      // K10.FR.02 wants a criterion in 2.x: of the purposes that a CSMS may have set, the one that matters here.
      const all = caller.version === "1.6" ? clearProfile(caller.version) : clearPurpose("TxDefaultProfile");
      await ask(caller, all);
    }
    const written = await this.write(caller);
    return written === "held" ? this.unlessMore(caller) : written;
  }

  /** It is there; whether it holds, too, its composite schedule says, where it says anything. */
  private async unlessMore(caller: StationCaller): Promise<Held> {
    return (await this.shown(caller)) === "unheld"
      ? this.told("shows more than it in its composite schedule")
      : "held";
  }

  /** What the composite schedules of the outlets end with. */
  private async shown(caller: StationCaller): Promise<Held> {
    const { clockSays, outlets, time, nowMs } = this.ports;
    let held: Held = "held";
    for (const { evse, ttlMs, safeMa } of outlets) {
      const durationS = Math.ceil(ttlMs / 1_000) + COMPOSITE_BEYOND_S;
      const measure = { ...this.measure };
      const told = await ask(caller, askComposite(caller.version, { evse, durationS, unit: measure.unit }));
      const composite = told.kind === "answer" ? readComposite(told.payload, measure) : undefined;
      if (composite === undefined) held = held === "unheld" ? held : "unknown";
      else {
        // Most often its now; by its timestamps its clock is known better.
        if (composite.startMs !== undefined && time.at(nowMs()) === undefined)
          clockSays(time.heard(composite.startMs, nowMs()));
        if (limitAt(composite, durationS - 1) > safeMa + SAME_WITHIN_MA) held = "unheld";
      }
    }
    return held;
  }

  private async write(caller: StationCaller): Promise<Held> {
    const { book, outlets, observe } = this.ports;
    const told = await this.writeBy(this.carrier, caller);
    if (told === "held" || told === "unknown") return told;
    const { way } = book.page.learnt;
    const tries = outlets.length === 1 && (way === "tx" || way === "tx-default");
    const whole = tries ? await this.writeBy(byWhole, caller) : told;
    if (whole === "unknown") return whole;
    if (whole !== "held") return this.told(`refuses it (${told.say})`);
    observe("charging-limited-by", `max, since it refuses its safe default otherwise (${told.say})`);
    return "held";
  }

  private async writeBy(
    carrier: Carrier,
    caller: StationCaller,
  ): Promise<"held" | "unknown" | { say: string }> {
    const { book, outlets, log } = this.ports;
    const safeMa = safeOf(outlets);
    const profile: OwnProfile = {
      ...{ ...carrier, stackLevel: 0, kind: "absolute", startMs: 0 },
      periods: [{ fromS: 0, limitMa: safeMa }],
    };
    const { learnt } = book.page;
    const usual: Learnt =
      carrier === this.carrier ? learnt : { ...learnt, way: "max", provenWallMs: undefined };
    // In the unit, and with the words on phases, that the station takes; what it takes is remembered.
    const forms = [
      usual,
      { ...usual, saysPhases: false },
      { ...usual, unit: usual.unit === "A" ? "W" : "A" } as const,
    ];
    // Before the first: whatever some CSMS limited the whole by might stand above it.
    if (carrier === byWhole && book.page.safeBy !== "max" && caller.version !== "1.6") {
      const cleared = await ask(caller, clearPurpose("ChargingStationMaxProfile"));
      if (cleared.kind === "silent") return "unknown";
    }
    let say = "";
    for (const form of forms) {
      const measure = measureOf(form, this.phases, this.ports);
      const told = await ask(caller, setProfile(caller.version, { evse: 0 as EvseId, profile, measure }));
      if (told.kind === "silent") return "unknown";
      if (told.kind === "answer" && told.status === "Accepted") {
        book.page.learnt = form;
        if (this.moves && !(await this.clearOther(caller))) return "unknown";
        await this.holds(safeMa);
        log.info("safe-default-written", { limitMa: safeMa, unit: form.unit });
        return "held";
      }
      say = told.kind === "never" ? told.say : told.status;
    }
    return { say };
  }

  /** Where nothing limits it any more, or a dynamic profile does, it stays what it was. */
  private get carrier(): Carrier {
    const { learnt, safeBy } = this.ports.book.page;
    const stays = (learnt.way === "dynamic" || learnt.way === "none") && safeBy === "max";
    return learnt.way === "max" || (stays && this.ports.outlets.length === 1) ? byWhole : byDefault;
  }
  private get otherCarrier(): Carrier {
    return this.carrier === byWhole ? byDefault : byWhole;
  }
  /** It was written, and by what carries it no longer: to be checked. */
  get moves(): boolean {
    const { safeBy = "tx-default", safeMa } = this.ports.book.page;
    return safeMa !== undefined && safeBy !== this.carrier.purpose;
  }

  /** The one that is in force beside ours, and bounds what is granted; true: it is gone. */
  private async clearOther(caller: StationCaller): Promise<boolean> {
    return (await ask(caller, clearProfile(caller.version, this.otherCarrier.id))).kind !== "silent";
  }

  /** Kept, so that it counts through a restart of the site. */
  private async holds(safeMa: number | undefined): Promise<void> {
    const { page } = this.ports.book;
    const safeBy = this.carrier.purpose === "max" ? "max" : undefined;
    const news = page.safeMa !== safeMa || page.safeBy !== safeBy;
    Object.assign(page, { safeMa, safeBy });
    if (news) await this.ports.book.save();
  }

  /** It is written again; but nobody writes it while the site is dead. */
  private forgot(): void {
    this.ports.observe(
      "safe-default-forgotten",
      "the station had its safe default and has it no more: where a restart wipes it, and the site is dead then, it draws its full rating",
    );
  }

  private told(what: string): "unheld" {
    this.ports.observe("safe-default-not-held", `the station ${what}; its full rating is budgeted`);
    return "unheld";
  }

  private get phases(): number {
    return Math.min(...this.ports.outlets.map(({ wiring }) => wiring.length));
  }
  private get measure(): Measure {
    return measureOf(this.ports.book.page.learnt, this.phases, this.ports);
  }
}

const isOurs = (id: number, evses: readonly number[]): boolean =>
  id === SAFE_DEFAULT_ID || id === SAFE_WHOLE_ID || evses.some((evse) => id === GRANT_ID + evse);

/** Of 2.x. */
const clearPurpose = (chargingProfilePurpose: "TxDefaultProfile" | "ChargingStationMaxProfile") =>
  ({
    action: "ClearChargingProfile",
    payload: { chargingProfileCriteria: { chargingProfilePurpose } },
  }) as const;
