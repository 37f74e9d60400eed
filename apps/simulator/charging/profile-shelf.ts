/**
 * The charging profiles that a station has installed, and what follows from them. Persistent ones live in flash (2.x
 * K01.FR.27; 1.6 says nothing, and this station forgets them when it restarts, as many do); those of a transaction end
 * with it.
 */
import type { Cancel, EvseId, Json } from "@wattward/kernel";
import type { Change, Flash } from "../station/flash.ts";
import type { Life } from "../station/life.ts";
import type { Settings } from "../station/settings.ts";
import type { StationClock } from "../station/station-clock.ts";
import { type Charging, composite, limitOfEvse, limitOfStation } from "./merge.ts";
import type { Profile, Purpose } from "./profile.ts";

export type ShelfParts = {
  readonly flash: Flash;
  readonly life: Life;
  readonly clock: StationClock;
  readonly settings: Settings;
  readonly evses: readonly { readonly id: EvseId; readonly maxW: number }[];
  /** Cars may give back: a limit below nothing is an order to. */
  readonly bidirectional: boolean;
  /** Through restarts; otherwise they are forgotten then. */
  readonly persistent: boolean;
  /** A profile of the same purpose, level and EVSE under another id: 1.6 replaces it (§5.16), 2.x refuses (K01.FR.06). */
  readonly sameLevel: "replace" | "refuse";
  /** It knows no others; absent: all. */
  readonly purposes?: readonly Purpose[] | undefined;
};

/** Which of the installed ones; what is absent matches all. */
export type Criteria = {
  readonly ids?: readonly number[];
  readonly evse?: EvseId | 0;
  readonly purpose?: Purpose;
  readonly stackLevel?: number;
};

/** Reason codes of 2.x (Part 2 appendices); 1.6 answers Rejected and nothing else. */
export type Refusal =
  | "UnsupportedParam"
  | "UnsupportedRateUnit"
  | "InvalidSchedule"
  | "InvalidProfile"
  | "InvalidStackLevel"
  | "DuplicateProfile"
  | "TooManyElements"
  | "TxNotFound"
  | "UnknownEvse";

type Reckoned = { readonly fromMs: number; readonly untilMs: number; readonly limitW: number };

export class ProfileShelf {
  private readonly parts: ShelfParts;
  private readonly profiles = new Map<number, Profile>();
  private readonly charging = new Map<EvseId, Charging>();
  /** For the transaction that a remote start has asked for. */
  private readonly awaited = new Map<EvseId, Profile>();
  /** Limits by EVSE and phases in use, until a profile or a transaction changes. */
  private readonly reckoned = new Map<string, Reckoned>();

  /** What was offline for longer than it holds then; and what ends the wait for more of them. */
  private readonly lapsed = new Set<number>();
  private offline: readonly Cancel[] | undefined;

  constructor(parts: ShelfParts) {
    this.parts = parts;
    if (!parts.persistent) return;
    for (const [, kept] of parts.flash.under("profile/")) {
      // The flash gives back what `keep` made: nobody else writes there.
      const profile = kept as unknown as Profile;
      this.profiles.set(profile.id, profile);
    }
  }

  /** Installs it, durably where profiles are, or says why not. */
  async set(profile: Profile): Promise<"accepted" | Refusal> {
    const refused = this.refusal(profile);
    if (refused !== undefined) return refused;
    const replaced = this.sameLevelAs(profile).filter(() => this.parts.sameLevel === "replace");
    await this.keep([profile], replaced);
    return "accepted";
  }

  /** How many there were that matched and are gone. */
  async clear(criteria: Criteria): Promise<number> {
    const gone = this.list(criteria);
    await this.keep([], gone);
    return gone.length;
  }

  list({ evse, ids, purpose, stackLevel }: Criteria = {}): Profile[] {
    return [...this.profiles.values()]
      .filter((profile) => ids === undefined || ids.includes(profile.id))
      .filter((profile) => evse === undefined || profile.evse === evse)
      .filter((profile) => purpose === undefined || profile.purpose === purpose)
      .filter((profile) => stackLevel === undefined || profile.stackLevel === stackLevel)
      .sort((a, b) => a.id - b.id);
  }

  /** A new limit for a dynamic profile, from now on (K28.FR.06); false where there is none of that id. */
  async update(id: number, limit: number): Promise<boolean> {
    const profile = this.profiles.get(id);
    if (profile?.kind !== "dynamic") return false;
    const periods = profile.schedule.periods.map((period) => ({ ...period, limit }));
    await this.keep([{ ...profile, schedule: { ...profile.schedule, periods } }], []);
    return true;
  }

  /** There is no connection: some profiles hold for a while without (2.1 K01.FR.101); a restart begins that time anew. */
  wentOffline(): void {
    const { life } = this.parts;
    this.offline ??= [...this.profiles.values()].flatMap((profile) =>
      profile.offlineS === undefined
        ? []
        : life.after(Math.min(profile.offlineS * 1_000, OFFLINE_MS_MAX), () => this.lapse(profile)),
    );
  }

  /** What has lapsed holds again now. */
  cameOnline(): void {
    for (const stop of this.offline ?? []) stop();
    this.offline = undefined;
    this.lapsed.clear();
    this.reckoned.clear();
  }

  /** It holds no more, but with the next connection, or never again (K01.FR.102). */
  private lapse(profile: Profile): void {
    if (profile.endsOffline === true) this.parts.life.run(() => this.keep([], [profile]));
    else this.lapsed.add(profile.id);
    this.reckoned.clear();
  }

  private get valid(): Profile[] {
    return [...this.profiles.values()].filter(({ id }) => !this.lapsed.has(id));
  }

  /** A profile for the transaction that will begin there (1.6 §5.11, F01.FR.08). */
  await(evse: EvseId, profile: Profile): void {
    this.awaited.set(evse, profile);
  }

  /** A transaction runs there from now on. */
  began(evse: EvseId, reference: string, startedAtMs: number): void {
    this.charging.set(evse, { evse, reference, startedAtMs, priority: false });
    this.reckoned.clear();
    const awaited = this.awaited.get(evse);
    this.awaited.delete(evse);
    if (awaited === undefined) return;
    this.parts.life.run(() => this.keep([{ ...awaited, evse, transaction: reference }], []));
  }

  /** It is over, or never began, and its profiles with it (1.6 §3.13.1, K01.FR.07). */
  ended(evse: EvseId): void {
    const reference = this.charging.get(evse)?.reference;
    this.charging.delete(evse);
    this.awaited.delete(evse);
    this.reckoned.clear();
    const gone = this.list({ purpose: "tx" }).filter(({ transaction }) => transaction === reference);
    if (gone.length > 0) this.parts.life.run(() => this.keep([], gone));
  }

  /** By the driver's wish or the central system's; false where no profile for it is installed (K21.FR.01). */
  prioritise(evse: EvseId, active: boolean): "changed" | "same" | "no-profile" {
    const charging = this.charging.get(evse);
    if (charging === undefined || charging.priority === active) return "same";
    const has = this.list({ purpose: "priority" }).some(
      (profile) => profile.evse === 0 || profile.evse === evse,
    );
    if (active && !has) return "no-profile";
    this.charging.set(evse, { ...charging, priority: active });
    this.reckoned.clear();
    return "changed";
  }

  /** In force now, for who draws on so many phases; infinity where no profile says anything. */
  limitW(evse: EvseId, phasesInUse?: number): number {
    const atMs = this.parts.clock.nowMs();
    const key = `${evse} ${phasesInUse}`;
    const before = this.reckoned.get(key);
    if (before !== undefined && atMs >= before.fromMs && atMs < before.untilMs) return before.limitW;
    const sharers = Math.max(1, this.charging.size);
    const charging = { ...this.chargingAt(evse), ...(phasesInUse !== undefined && { phasesInUse }) };
    const said = limitOfEvse(this.valid, charging, { atMs, sharers });
    const limitW = said.limitW ?? Number.POSITIVE_INFINITY;
    this.reckoned.set(key, { fromMs: atMs, untilMs: said.untilMs, limitW });
    return limitW;
  }

  /** From now on; of an EVSE without a transaction as if one began now (K08.FR.06). Undefined: no such EVSE. */
  composite(evse: EvseId | 0, durationS: number): { fromS: number; limitW: number }[] | undefined {
    const { clock, evses } = this.parts;
    const profiles = this.valid;
    const fromMs = clock.nowMs();
    if (evse === 0) {
      const all = evses.map(({ id, maxW }) => ({ ...this.chargingAt(id), maxW }));
      const maxW = evses.reduce((sum, each) => sum + each.maxW, 0);
      return composite((atMs) => limitOfStation(profiles, all, atMs), { fromMs, durationS, maxW });
    }
    const maxW = evses.find(({ id }) => id === evse)?.maxW;
    if (maxW === undefined) return undefined;
    const charging = this.chargingAt(evse);
    const sharers = new Set([...this.charging.keys(), evse]).size;
    const said = (atMs: number) => limitOfEvse(profiles, charging, { atMs, sharers });
    return composite(said, { fromMs, durationS, maxW });
  }

  private chargingAt(evse: EvseId): Charging {
    const startedAtMs = this.parts.clock.nowMs();
    return this.charging.get(evse) ?? { evse, reference: undefined, startedAtMs, priority: false };
  }

  private sameLevelAs({ id, evse, purpose, stackLevel, transaction }: Profile): Profile[] {
    const others = this.list({ purpose, stackLevel }).filter((each) => each.id !== id);
    if (purpose === "tx") return others.filter((each) => each.transaction === transaction);
    // K01.FR.52, .53: a default for all and one for an EVSE may not stand on one level.
    const anywhere = this.parts.sameLevel === "refuse" && purpose === "tx-default";
    return others.filter((each) => each.evse === evse || (anywhere && (each.evse === 0 || evse === 0)));
  }

  private refusal(profile: Profile): Refusal | undefined {
    const { purposes, settings, sameLevel } = this.parts;
    const { evse, kind, purpose, stackLevel, transaction, schedule } = profile;
    const { periods } = schedule;
    if (evse !== 0 && !this.parts.evses.some(({ id }) => id === evse)) return "UnknownEvse";
    if (purposes?.includes(purpose) === false) return "UnsupportedParam";
    if (stackLevel > settings.number("stackLevelMax")) return "InvalidStackLevel";
    if (purpose === "station-max" && (evse !== 0 || kind === "relative")) return "InvalidProfile";
    if (
      purpose === "tx" &&
      (transaction === undefined || this.charging.get(evse as EvseId)?.reference !== transaction)
    )
      return "TxNotFound";
    if (periods.length > settings.number("schedulePeriodsMax")) return "TooManyElements";
    if (!this.parts.bidirectional && periods.some(({ givesBack }) => givesBack)) return "UnsupportedParam";
    if (!wellOrdered(periods) || periods.length === 0) return "InvalidSchedule";
    if (kind === "dynamic" && (periods.length > 1 || periods[0]!.fromS !== 0)) return "InvalidSchedule";
    if (purpose === "priority" && schedule.durationS !== undefined) return "InvalidSchedule";
    const same = this.sameLevelAs(profile);
    if (sameLevel === "refuse" && same.some((each) => overlap(each, profile))) return "DuplicateProfile";
    const after =
      this.profiles.size +
      (this.profiles.has(profile.id) ? 0 : 1) -
      (sameLevel === "replace" ? same.length : 0);
    return after > settings.number("profilesMax") ? "TooManyElements" : undefined;
  }

  private async keep(kept: readonly Profile[], gone: readonly Profile[]): Promise<void> {
    for (const { id } of gone) this.profiles.delete(id);
    for (const profile of kept) this.profiles.set(profile.id, profile);
    for (const { id } of [...kept, ...gone]) this.lapsed.delete(id);
    this.reckoned.clear();
    if (!this.parts.persistent) return;
    const changes: Change[] = [
      ...gone.map(({ id }): Change => [keyOf(id), undefined]),
      ...kept.map((profile): Change => [keyOf(profile.id), profile as Json]),
    ];
    await this.parts.life.hold(this.parts.flash.commit(changes));
  }
}

/** A timer goes no further. */
const OFFLINE_MS_MAX = 2_000_000_000;

const keyOf = (id: number): string => `profile/${id}`;

/** K01.FR.31, .35: the first period begins at 0, the others after it in order. */
const wellOrdered = (periods: Profile["schedule"]["periods"]): boolean =>
  periods.every(({ fromS }, i) => (i === 0 ? fromS === 0 : fromS > periods[i - 1]!.fromS));

const overlap = (a: Profile, b: Profile): boolean =>
  (a.validFromMs ?? 0) < (b.validToMs ?? Number.POSITIVE_INFINITY) &&
  (b.validFromMs ?? 0) < (a.validToMs ?? Number.POSITIVE_INFINITY);
