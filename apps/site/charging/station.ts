/**
 * One managed station: its clock, its sessions, its safe default, the grants that it is written, and the CSMS's profiles that are kept in its place.
 *
 *     frames of the station ─▶ heard ─▶ clock, sessions, boots
 *     connected ─▶ safe default checked ─▶ meter values asked for ─▶ grants
 */
import {
  DRAWS_MA_MIN,
  type GrantOutcome,
  type LeftGrant,
  type Outlet,
  type OutletId,
} from "@wattward/energy";
import type { Clock, EvseId, JsonObject, Log, StationId } from "@wattward/kernel";
import type { Call, OcppVersion } from "@wattward/ocpp";
import type { ToldSession } from "../energy-link/messages.ts";
import type { Book } from "./book.ts";
import type { StationCaller } from "./caller.ts";
import type { Said } from "./csms-composite.ts";
import { CsmsDesk } from "./csms-desk.ts";
import { CsmsShelf } from "./csms-shelf.ts";
import { fieldsOf, saidAt } from "./fields.ts";
import { GrantWriter } from "./grant-writer.ts";
import { canGive } from "./limiting.ts";
import { CHECK_AGAIN_MS } from "./limits.ts";
import { askForMeterValues, touchesMeterValues } from "./meter-settings.ts";
import { type Nameplate, nameplateOf } from "./nameplate.ts";
import type { Raises } from "./raises.ts";
import { Reports } from "./reports.ts";
import { type Held, SafeDefault, safeOf } from "./safe-default.ts";
import type { ChargingSession } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { Showing } from "./showing.ts";
import type { GrantedTo } from "./sound-turn.ts";
import { type ClockNews, StationTime } from "./station-time.ts";

export type StationPorts = {
  readonly station: StationId;
  readonly outlets: readonly Outlet[];
  readonly voltageV: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: Book;
  readonly raises: Raises;
  carriesMa(outlet: Outlet): number;
  outcome(outcome: GrantOutcome): void;
  /** Sessions, or what they may want, are others now. */
  changed(): void;
  observe(kind: string, detail: string): void;
  report(version: OcppVersion, action: string, payload: JsonObject): void;
};

export class ManagedStation {
  readonly sessions: Sessions;
  readonly writer: GrantWriter;
  private readonly ports: StationPorts;
  private readonly time = new StationTime();
  private readonly reports: Reports;
  private readonly safe: SafeDefault;
  private readonly shelf: CsmsShelf;
  private readonly desk: CsmsDesk;
  private readonly showing: Showing;
  private caller: StationCaller | undefined;
  private held: Held = "unknown";
  private checkAtMs = Number.NEGATIVE_INFINITY;
  private asksForMeters = true;
  private busy = false;
  private boots = 0;
  private retired = false;
  /** Another station has come, and was not looked at yet. */
  private exchanged = false;

  constructor(ports: StationPorts) {
    this.ports = ports;
    const { outlets, voltageV, book, log, raises, observe, station } = ports;
    const { time } = this;
    const nowMs = () => ports.clock.now().monotonicMs;
    const wallMs = () => ports.clock.now().wallMs;
    const session = (evse: EvseId) => this.sessions.at(evse);
    const caller = () => this.caller;
    this.reports = new Reports(ports.clock);
    this.sessions = new Sessions(
      {
        ...{ station, time, nowMs, wallMs },
        terminals: (evse) => {
          const outlet = this.outletAt(evse);
          if (outlet === undefined) return undefined;
          return { count: outlet.wiring.length, voltageV, givesBack: mayGive(outlet) };
        },
        changed: () => this.sessionsChanged(),
        began: (begun) => void this.shelf.began(begun),
      },
      book.page.sessions,
    );
    this.shelf = new CsmsShelf({
      ...{ outlets, voltageV, book, session, wallMs, carriesMa: ports.carriesMa },
      sessions: () => this.sessions.all(),
    });
    this.safe = new SafeDefault({
      ...{ outlets, voltageV, book, time, log, nowMs, observe },
      reports: this.reports,
      clockSays: (news) => this.clockSays(news),
    });
    this.writer = new GrantWriter({
      ...{ outlets, voltageV, book, time, raises, log, nowMs, wallMs, caller, session, observe },
      outcome: ports.outcome,
      otherwise: () => {
        if (this.safe.moves) this.doubt();
      },
      keep: () => this.keepSessions(),
    });
    const { evses, learnt } = book.page;
    book.page.evses = [...new Set([...evses, ...outlets.map(({ evse }) => evse)])];
    // Of one outlet; it has more now, and they would share one limit.
    if (outlets.length > 1 && learnt.way === "max") book.page.learnt = { ...learnt, way: "tx" };
    const limited = () => this.sessions.all().filter((one) => this.isLimited(one));
    this.showing = new Showing({ caller, nowMs, limited });
    for (const kept of this.sessions.all()) {
      const outlet = this.outletAt(kept.evse);
      if (outlet !== undefined)
        this.writer.restore(kept, outlet, wallMs() - (book.page.aliveWallMs ?? wallMs()));
    }
    this.desk = new CsmsDesk({
      ...{ outlets, voltageV, wallMs, caller, observe, shelf: this.shelf, report: ports.report },
      version: () => this.caller?.version ?? book.page.version,
      written: (outlet, atMs) => this.written(outlet, atMs),
      changed: () => {
        this.lookForSwings();
        ports.changed();
      },
    });
  }

  get outlets(): readonly Outlet[] {
    return this.ports.outlets;
  }
  get book(): Book {
    return this.ports.book;
  }

  isFor(outlets: readonly Outlet[], voltageV: number): boolean {
    return voltageV === this.ports.voltageV && JSON.stringify(outlets) === JSON.stringify(this.ports.outlets);
  }

  /** The same station under another document: its clock and what it lives on are as they were. */
  goesOnFrom({ time, writer }: ManagedStation): void {
    this.time.take(time);
    this.writer.inForce.take(writer.inForce);
  }

  /** The document is another now: what is asked is waited for, and nothing is written by this one any more. */
  retire(): void {
    this.retired = true;
    this.caller = undefined;
    this.writer.drop();
  }

  /** Of each outlet with a session: what it may live on, and the phases that its car was seen to draw from lately. */
  granted(): [OutletId, GrantedTo][] {
    const nowMs = this.ports.clock.now().monotonicMs;
    return this.sessions.all().flatMap((session) => {
      const { evse, id } = session;
      const outlet = this.outletAt(evse);
      const limitMa = this.writer.latestMa(evse, id);
      if (outlet === undefined || limitMa === undefined) return [];
      const seen = session.drawsMa(nowMs);
      const draws = outlet.wiring.filter((_, terminal) => (seen[terminal] ?? 0) >= DRAWS_MA_MIN);
      return [[outlet.id, { limitMa, draws }]];
    });
  }

  /** What its outlets may still live on: for whoever is there, or for the session that is. */
  left(): LeftGrant[] {
    return this.ports.outlets.flatMap(({ evse, id }) => {
      const found = this.writer.inForce.mayHoldOf(evse, this.sessions.at(evse)?.id);
      return found === undefined ? [] : [{ outlet: id, limitMa: found.limitMa }];
    });
  }

  /** Its rating has to be budgeted: nothing limits it, or it will not hold its safe default. */
  get unlimited(): boolean {
    const { learnt, safeMa, version } = this.ports.book.page;
    if (this.held === "unheld" || learnt.way === "none") return true;
    // Until it is held: what an earlier document wrote, or, in a station that was seen, nothing yet.
    if (this.held === "held") return false;
    return safeMa === undefined ? version !== undefined : safeMa > safeOf(this.ports.outlets);
  }

  connected(caller: StationCaller): void {
    this.caller = {
      ...caller,
      call: async (...call) => (this.retired ? { kind: "closed" } : caller.call(...call)),
    };
    this.writer.inForce.returned();
    const { page } = this.ports.book;
    if (page.version !== caller.version) {
      page.version = caller.version;
      void this.ports.book.save();
    }
    this.lookAgain();
  }

  /** That socket is gone; a newer one stays. */
  gone(generation: number): void {
    if (this.caller?.generation === generation) this.caller = undefined;
  }

  /** A CALL of the station, before it is answered. */
  heard(version: OcppVersion, call: Call): void {
    if (call.action === "ReportChargingProfiles") {
      this.reports.heard(call.payload);
      return;
    }
    if (call.action === "BootNotification") this.booted(nameplateOf(version, call.payload));
    const fields = fieldsOf(call.payload);
    const stationMs = saidAt(fields);
    const nowMs = this.ports.clock.now().monotonicMs;
    const queued = fields.get("offline") === true;
    if (stationMs !== undefined) this.clockSays(this.time.heard(stationMs, nowMs, queued));
    this.sessions.heard(version, call);
  }

  private clockSays(news: ClockNews | undefined): void {
    if (news !== undefined) this.writer.clockNews(news);
  }

  /** 1.6: a StartTransaction was answered with this id. */
  started(payload: object, transaction: number): void {
    this.sessions.started16(payload, transaction);
  }

  /** A CALL of the CSMS; true: it is dealt with here, and does not go to the station. */
  takes(call: Call, reply: (frame: string) => void): boolean {
    if (this.desk.takes(call, reply)) return true;
    if (touchesMeterValues(call.payload)) {
      this.asksForMeters = true;
      this.checkAtMs = this.ports.clock.now().monotonicMs + CHECK_AGAIN_MS;
    }
    return false;
  }

  /** Every so often: raises that were held back, checks that failed, outlets that have been free for long. */
  tick(): void {
    this.sessions.endFree();
    void this.writer.work();
    this.lookForSwings();
    void this.showing.ask();
    if (this.ports.clock.now().monotonicMs >= this.checkAtMs) void this.look();
  }

  /** What the energy controller hears of its sessions; ages are against `nowMs`. */
  told(nowMs: number): ToldSession[] {
    const { wallMs } = this.ports.clock.now();
    return this.sessions.all().flatMap((session) => {
      const outlet = this.outletAt(session.evse);
      if (outlet === undefined) return [];
      const { observed, needs } = session;
      const boundMa = this.boundMa(outlet, wallMs);
      return [
        {
          id: session.id,
          outlet: outlet.id,
          connectedAgoMs: Math.max(0, nowMs - session.connectedAtMs),
          ...this.inForce(outlet, session),
          wantsMa: Math.floor(Math.min(outlet.ratedMa, boundMa, needs.carMa ?? outlet.ratedMa)),
          ...(observed && {
            observed: { agoMs: Math.max(0, nowMs - observed.atMs), terminalsMa: observed.terminalsMa },
          }),
          deliveredWh: session.deliveredWh,
          ...(needs.energyWh !== undefined && { energyWh: needs.energyWh }),
          ...(needs.departureWallMs !== undefined && { departureWallMs: needs.departureWallMs }),
          ...this.gives(outlet, session),
        },
      ];
    });
  }

  /** What the CSMS lets an outlet have. */
  private boundMa(outlet: Outlet, wallMs: number): number {
    return this.shelf.limit(outlet, wallMs).limitMa ?? outlet.ratedMa;
  }

  /** Also between commands: a schedule may swing by itself. */
  private lookForSwings(): void {
    const { clock, outlets, raises } = this.ports;
    const { monotonicMs, wallMs } = clock.now();
    for (const outlet of outlets) raises.asks(outlet.id, this.boundMa(outlet, wallMs), monotonicMs);
  }

  /** What its car would give back: to an outlet that may, at a station that takes such an order and is limited as it was seen to be. */
  private gives(
    outlet: Outlet,
    { needs: { dischargeWMax }, dischargeLeftWh }: ChargingSession,
  ): Pick<ToldSession, "dischargeWMax" | "dischargeLeftWh"> {
    const { learnt, version } = this.ports.book.page;
    const takes = version !== undefined && canGive(learnt.way, version);
    const fit = mayGive(outlet) && takes && !this.unlimited;
    return fit && dischargeWMax !== undefined && dischargeLeftWh !== undefined
      ? { dischargeWMax, dischargeLeftWh }
      : {};
  }

  /** Keeps what sessions have grown by; nothing where there are none. */
  save(): void {
    if (this.sessions.all().length > 0) void this.keepSessions();
  }

  private booted(nameplate: Nameplate): void {
    if (this.ports.book.names(nameplate)) {
      this.exchanged = true;
      this.sessions.endAll();
      this.ports.observe("station-exchanged", "another one is in its place, or speaks another OCPP");
    }
    this.writer.hold();
    this.time.forget();
    this.doubt();
  }

  /** Its safe default may be gone: looked at again, also where that is being done at this moment. */
  doubt(): void {
    this.boots++;
    this.held = "unknown";
    this.lookAgain();
  }

  private lookAgain(): void {
    this.asksForMeters = true;
    this.checkAtMs = Number.NEGATIVE_INFINITY;
    void this.look();
  }

  /** Safe default first, then meter values. Once a boot; again later where the station would not say. */
  private async look(): Promise<void> {
    const { clock, book } = this.ports;
    const { boots, caller } = this;
    if (this.busy || this.retired || caller === undefined) return;
    this.busy = true;
    this.checkAtMs = clock.now().monotonicMs + CHECK_AGAIN_MS;
    if (this.held !== "held") {
      // Again: whoever was looking at the one before may have noted what is not true of this one.
      if (this.exchanged) book.forget();
      this.exchanged = false;
      const before = this.unlimited;
      this.held = await this.safe.check(caller);
      if (this.unlimited !== before) this.ports.changed();
    }
    if (boots === this.boots) this.writer.release();
    const givesBack = caller.version === "2.1" && this.ports.outlets.some(mayGive);
    if (this.asksForMeters) this.asksForMeters = !(await askForMeterValues(caller, givesBack));
    this.busy = false;
    const again = boots !== this.boots || caller !== this.caller;
    if (again) {
      if (boots !== this.boots) this.held = "unknown";
      return void this.look();
    }
    if (this.held === "held" && !this.asksForMeters) this.checkAtMs = Number.POSITIVE_INFINITY;
  }

  /** To less than its outlet is rated for, so that it could draw more than it may. */
  private isLimited({ evse, id }: ChargingSession): boolean {
    const outlet = this.outletAt(evse);
    if (outlet === undefined) return false;
    return (this.writer.inForce.mayHoldOf(evse, id)?.limitMa ?? outlet.safeMa) < outlet.ratedMa;
  }

  /** The highest, of whoever granted it, and what of that it surely has; nothing: its safe default. */
  private inForce({ evse, safeMa }: Outlet, session: ChargingSession): Partial<ToldSession> {
    const found = this.writer.inForce.mayHoldOf(evse, session.id);
    if (found === undefined) return {};
    const { atMost, limitMa } = found;
    const drawsMa = Math.max(safeMa, ...(session.observed?.terminalsMa ?? []));
    return { inForceMa: limitMa, ...(atMost && drawsMa < limitMa && { goesOnMa: drawsMa }) };
  }

  /** Of the site's wall clock: grant, then safe default. */
  private written(outlet: Outlet, atMs: number): Said {
    const never = Number.POSITIVE_INFINITY;
    const safeMa = safeOf(this.ports.outlets);
    const inForce = this.writer.inForce.at(outlet.evse);
    if (inForce === undefined || this.unlimited)
      return { limitMa: this.unlimited ? outlet.ratedMa : safeMa, untilMs: never };
    const { monotonicMs, wallMs } = this.ports.clock.now();
    const untilMs = wallMs + (inForce.untilMs - monotonicMs);
    return atMs < untilMs ? { limitMa: inForce.limitMa, untilMs } : { limitMa: safeMa, untilMs: never };
  }

  private sessionsChanged(): void {
    for (const { id } of this.ports.outlets) this.ports.raises.asksAnew(id);
    void this.keepSessions();
    void this.shelf.settle();
    this.ports.changed();
  }

  private keepSessions(): Promise<boolean> {
    const { book, clock } = this.ports;
    book.page.sessions = this.sessions.all().map((session) => session.kept());
    book.page.aliveWallMs = clock.now().wallMs;
    return book.save();
  }

  private outletAt(evse: EvseId): Outlet | undefined {
    return this.ports.outlets.find((outlet) => outlet.evse === evse);
  }
}

const mayGive = ({ dischargeMaMax = 0 }: Outlet): boolean => dischargeMaMax > 0;
