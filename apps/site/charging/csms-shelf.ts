/**
 * The CSMS's profiles for one station, as they are kept here in the station's place: what it would have taken is taken, what it would have
 * refused is refused (1.6 §5.16; 2.x K01), and besides that whatever is above what the outlet can carry (AT-C3). Kept before it is answered.
 */
import type { Outlet } from "@wattward/energy";
import type { EvseId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { Book } from "./book.ts";
import { csmsLimit, type Said } from "./csms-composite.ts";
import type { CsmsPeriod, CsmsProfile, CsmsPurpose } from "./csms-profile.ts";
import {
  CSMS_PERIODS_MAX,
  CSMS_PROFILE_CHARS_MAX,
  CSMS_PROFILES_MAX,
  CSMS_STACK_LEVEL_MAX,
} from "./limits.ts";
import type { ChargingSession } from "./session.ts";

export type ShelfPorts = {
  readonly outlets: readonly Outlet[];
  readonly voltageV: number;
  readonly book: Book;
  sessions(): readonly ChargingSession[];
  session(evse: EvseId): ChargingSession | undefined;
  wallMs(): number;
  /** The most that an outlet's rating and every fuse above it carry, per phase. */
  carriesMa(outlet: Outlet): number;
};

/** In the words of 2.x's reason codes; 1.6 hears Rejected alone. */
export type Refused = {
  readonly reason:
    | "UnknownEvse"
    | "TxNotFound"
    | "InvalidProfile"
    | "InvalidSchedule"
    | "InvalidStackLevel"
    | "DuplicateProfile"
    | "TooManyElements"
    | "OutOfMemory";
  readonly say: string;
  /** Above what can be carried: somebody is told (AT-C3). */
  readonly overCurrent?: true;
};

export type Which = {
  readonly ids?: readonly number[] | undefined;
  readonly evse?: number | undefined;
  readonly purpose?: CsmsPurpose | undefined;
  readonly stackLevel?: number | undefined;
};

export class CsmsShelf {
  private readonly ports: ShelfPorts;

  constructor(ports: ShelfPorts) {
    this.ports = ports;
  }

  list({ ids, evse, purpose, stackLevel }: Which = {}): CsmsProfile[] {
    return this.ports.book.page.csms.filter(
      (one) =>
        (ids === undefined || ids.includes(one.id)) &&
        (evse === undefined || one.evse === evse) &&
        (purpose === undefined || one.purpose === purpose) &&
        (stackLevel === undefined || one.stackLevel === stackLevel),
    );
  }

  async set(version: OcppVersion, profile: CsmsProfile): Promise<"accepted" | Refused> {
    const refused = this.refusal(version, profile);
    if (refused !== undefined) return refused;
    const { evse, purpose } = profile;
    const bound =
      purpose === "tx"
        ? { ...profile, transaction: this.ports.session(evse as EvseId)?.transaction }
        : profile;
    const gone = version === "1.6" ? this.sameLevelAs(bound) : [];
    return this.keep([...this.others([profile.id, ...gone.map(({ id }) => id)]), bound]);
  }

  /** How many there were. */
  async clear(which: Which): Promise<number> {
    const gone = this.list(which).map(({ id }) => id);
    if (gone.length > 0) await this.keep(this.others(gone));
    return gone.length;
  }

  /** With a remote start: for the transaction that begins at this EVSE next, and in the place of what waited for one that never did. */
  async await(version: OcppVersion, profile: CsmsProfile): Promise<"accepted" | Refused> {
    const waits = this.list({ purpose: "tx", evse: profile.evse }).filter(isWaiting);
    const replaced = [profile.id, ...waits.map(({ id }) => id)];
    const refused = this.wrong(version, profile, replaced);
    if (refused !== undefined) return refused;
    // One of the same id stands until then: the start may be refused.
    const others = this.list().filter((one) => !waits.includes(one));
    return this.keep([...others, { ...profile, transaction: undefined }]);
  }

  /** The remote start with this one was not followed. */
  async forgo({ id }: CsmsProfile): Promise<void> {
    const waits = this.list({ purpose: "tx", ids: [id] }).filter(isWaiting);
    if (waits.length > 0) await this.keep(this.list().filter((one) => !waits.includes(one)));
  }

  /** A transaction began: what waited for it is its own now; what waited for others that never came is gone. */
  async began({ evse, transaction }: ChargingSession): Promise<void> {
    const waits = this.list({ purpose: "tx" }).filter(
      (one) => isWaiting(one) && (one.evse === evse || one.evse === 0),
    );
    if (waits.length === 0) return;
    const latest = waits.at(-1)!;
    const others = this.others([latest.id]).filter((one) => !waits.includes(one));
    await this.keep([...others, { ...latest, evse, transaction }]);
  }

  /** Drops the profiles of transactions that are over (1.6 §3.13.1; K01.FR.07). */
  async settle(): Promise<void> {
    const open = new Set<number | string>(this.ports.sessions().map(({ transaction }) => transaction));
    const { page } = this.ports.book;
    const { csms } = page;
    page.priority = page.priority.filter((transaction) => open.has(transaction));
    const left = csms.filter(
      ({ purpose, transaction }) => purpose !== "tx" || transaction === undefined || open.has(transaction),
    );
    if (left.length < csms.length) await this.keep(left);
  }

  /** A new limit of a dynamic profile (2.1 K28.FR.06). */
  async update(id: number, renewal: CsmsPeriod | undefined): Promise<"accepted" | Refused> {
    const [profile] = this.list({ ids: [id] });
    if (profile?.kind !== "dynamic") return { reason: "InvalidProfile", say: `no dynamic profile ${id}` };
    if (renewal === undefined) return { reason: "InvalidSchedule", say: "no limit, or more than one" };
    const phases = renewal.phases ?? profile.periods[0]?.phases;
    const renewed = { ...profile, periods: [{ ...renewal, phases }] };
    return this.above(renewed) ?? this.keep([...this.others([id]), renewed]);
  }

  async prioritise(
    transaction: string,
    active: boolean,
  ): Promise<"accepted" | "no-profile" | "no-transaction" | "disk-full"> {
    const session = this.ports.sessions().find((one) => one.transaction === transaction);
    if (session === undefined) return "no-transaction";
    const has = this.list({ purpose: "priority" }).some(({ evse }) => evse === 0 || evse === session.evse);
    if (active && !has) return "no-profile";
    const { book } = this.ports;
    const before = book.page.priority;
    const others = before.filter((one) => one !== transaction);
    book.page.priority = active ? [...others, transaction] : others;
    if (await book.save()) return "accepted";
    book.page.priority = before;
    return "disk-full";
  }

  /** What the CSMS allows an outlet at an instant, mA per phase. */
  limit(outlet: Outlet, atMs: number): Said {
    const session = this.ports.session(outlet.evse);
    return csmsLimit(
      this.ports.book.page.csms,
      {
        evse: outlet.evse,
        transaction: session?.transaction,
        startedMs: session?.sinceWallMs ?? atMs,
        priority: this.ports.book.page.priority.some((one) => one === session?.transaction),
        phases: outlet.wiring.length,
        voltageV: this.ports.voltageV,
        sharers: Math.max(1, this.ports.sessions().length + (session === undefined ? 1 : 0)),
      },
      atMs,
    );
  }

  private refusal(version: OcppVersion, profile: CsmsProfile): Refused | undefined {
    const { purpose, transaction, evse } = profile;
    if (purpose === "tx") {
      const session = this.ports.session(evse as EvseId);
      // 1.6 may leave the id out: then it is for the transaction that runs there (§5.16.4).
      const known =
        session !== undefined &&
        (transaction === session.transaction || (version === "1.6" && transaction === undefined));
      if (!known) return { reason: "TxNotFound", say: "no such transaction there" };
    }
    return this.wrong(version, profile);
  }

  /** What is wrong with the profile itself, or with its place once those that it replaces are gone. */
  private wrong(
    version: OcppVersion,
    profile: CsmsProfile,
    replaced: readonly number[] = [profile.id],
  ): Refused | undefined {
    const { evse, kind, periods, purpose, stackLevel, validFromMs, validToMs, durationS } = profile;
    const no = (reason: Refused["reason"], say: string): Refused => ({ reason, say });
    if (evse !== 0 && !this.ports.outlets.some((outlet) => outlet.evse === evse))
      return no("UnknownEvse", `no EVSE ${evse}`);
    if (stackLevel > CSMS_STACK_LEVEL_MAX || stackLevel < 0)
      return no("InvalidStackLevel", `level ${stackLevel} is above ${CSMS_STACK_LEVEL_MAX}`);
    if (purpose === "max" && (evse !== 0 || kind === "relative"))
      return no("InvalidProfile", "a station's limit is for EVSE 0, with a start");
    if (validFromMs !== undefined && validToMs !== undefined && validToMs <= validFromMs)
      return no("InvalidProfile", "it ends before it begins");
    if (kind === "recurring" && profile.recurrence === undefined)
      return no("InvalidProfile", "no recurrencyKind");
    if (periods.length > CSMS_PERIODS_MAX || JSON.stringify(profile.wire).length > CSMS_PROFILE_CHARS_MAX)
      return no("TooManyElements", "it is too long");
    const ordered = periods.every(({ fromS }, i) => (i === 0 ? fromS === 0 : fromS > periods[i - 1]!.fromS));
    if (periods.length === 0 || !ordered || (durationS !== undefined && durationS < 0))
      return no("InvalidSchedule", "its periods do not begin at 0, or are not in order");
    if (kind === "dynamic" && periods.length > 1)
      return no("InvalidSchedule", "a dynamic one has one period");
    const over = this.above(profile);
    if (over !== undefined) return over;
    const onLevel = this.sameLevelAs(profile).filter(({ id }) => !replaced.includes(id));
    if (version !== "1.6" && onLevel.length > 0)
      return no("DuplicateProfile", "another stands on this level");
    const count = this.others([...replaced, ...onLevel.map(({ id }) => id)]).length + 1;
    return count > CSMS_PROFILES_MAX
      ? no("TooManyElements", `more than ${CSMS_PROFILES_MAX} profiles`)
      : undefined;
  }

  /** AT-C3: above what rating, cable and breakers carry; of several outlets the one that carries most. */
  private above({ evse, periods, purpose, unit }: CsmsProfile): Refused | undefined {
    const { outlets, carriesMa, voltageV } = this.ports;
    const meant = evse === 0 ? outlets : outlets.filter((outlet) => outlet.evse === evse);
    const most = (of: (outlet: Outlet) => number) =>
      purpose === "max" ? meant.reduce((sum, outlet) => sum + of(outlet), 0) : Math.max(...meant.map(of));
    const mostA = most((outlet) => carriesMa(outlet) / 1_000);
    const mostW = most((outlet) => (carriesMa(outlet) / 1_000) * voltageV * outlet.wiring.length);
    const over = periods.find(
      ({ limit }) => limit !== undefined && limit > (unit === "A" ? mostA : mostW) + 0.05,
    );
    if (over === undefined) return undefined;
    const carried = unit === "A" ? `${mostA} A` : `${Math.round(mostW)} W`;
    return {
      reason: "InvalidSchedule",
      say: `${over.limit} ${unit} is above the ${carried} that can be carried there`,
      overCurrent: true,
    };
  }

  private sameLevelAs({
    id,
    evse,
    purpose,
    stackLevel,
    transaction,
    validFromMs = 0,
    validToMs = Number.POSITIVE_INFINITY,
  }: CsmsProfile): CsmsProfile[] {
    return this.list({ purpose, stackLevel }).filter(
      (one) =>
        one.id !== id &&
        (purpose === "tx" ? one.transaction === transaction && one.evse === evse : one.evse === evse) &&
        (one.validFromMs ?? 0) < validToMs &&
        validFromMs < (one.validToMs ?? Number.POSITIVE_INFINITY),
    );
  }

  private others(ids: readonly number[]): CsmsProfile[] {
    return this.ports.book.page.csms.filter(({ id }) => !ids.includes(id));
  }

  private async keep(csms: readonly CsmsProfile[]): Promise<"accepted" | Refused> {
    const before = this.ports.book.page.csms;
    this.ports.book.page.csms = csms;
    if (await this.ports.book.save()) return "accepted";
    this.ports.book.page.csms = before;
    return { reason: "OutOfMemory", say: "the site's disk is full" };
  }
}

/** It came with a remote start whose transaction has not begun. */
const isWaiting = ({ transaction }: CsmsProfile): boolean => transaction === undefined;
