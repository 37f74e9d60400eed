/**
 * What the central system may make this firmware do: {@link Controls} over its parts.
 */
import type { Cancel, EvseId } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { ProfileShelf } from "../charging/profile-shelf.ts";
import type { Bay } from "./bay.ts";
import type { Cards } from "./cards.ts";
import type { Agreed, Controls, EvseFacts, RemoteStart, Triggered } from "./controls.ts";
import type { BootReason, Dialect, OutCall, StopCause, Token } from "./dialect.ts";
import type { Errands } from "./errands.ts";
import type { EventStreams } from "./event-streams.ts";
import type { Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { TransactionQueue } from "./queue.ts";
import type { Registration } from "./registration.ts";
import type { Reservation, Reservations } from "./reservations.ts";
import type { FlagName, Listed, NumberName, SettingName, Settings } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

export type CommandParts = {
  readonly life: Life;
  readonly clock: StationClock;
  readonly flash: Flash;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly bays: readonly Bay[];
  readonly queue: TransactionQueue;
  readonly registration: Registration;
  readonly profiles: ProfileShelf;
  readonly reservations: Reservations;
  readonly cards: Cards;
  readonly errands: Errands;
  readonly streams: EventStreams;
  held(bay: Bay, token: Token): boolean;
  ask(call: OutCall): Promise<CallOutcome>;
  send(call: OutCall): void;
  tellStates(all: boolean, evse?: EvseId): void;
  restart(reason: BootReason): void;
};

/** What is to be done more seldom is done as often as this: no timer waits longer than 24 days. */
const REPEAT_MS_MAX = 86_400_000;

export class Commands implements Controls {
  private readonly parts: CommandParts;
  readonly profiles: ProfileShelf;
  readonly cards: Cards;
  readonly errands: Errands;
  readonly streams: EventStreams;
  private resetWhenIdle = false;
  private readonly repeated = new Map<string, Cancel>();

  constructor(parts: CommandParts) {
    this.parts = parts;
    this.profiles = parts.profiles;
    this.cards = parts.cards;
    this.errands = parts.errands;
    this.streams = parts.streams;
  }

  get accepted(): boolean {
    return this.parts.registration.accepted;
  }

  facts(): readonly EvseFacts[] {
    return this.parts.bays.map(({ evse, state }) => ({ evse: evse.id, state, maxW: evse.maxW }));
  }

  number(name: NumberName): number {
    return this.parts.settings.number(name);
  }

  flag(name: FlagName): boolean {
    return this.parts.settings.flag(name);
  }

  get evses(): readonly EvseId[] {
    return this.parts.bays.map(({ evse }) => evse.id);
  }

  settings(): readonly Listed[] {
    return this.parts.settings.list();
  }

  async set(name: SettingName, text: string): Promise<"accepted" | "rejected"> {
    const result = await this.parts.settings.set(name, text);
    if (name === "heartbeatS") this.parts.registration.schedule();
    return result;
  }

  remoteStart({ evse, token, remoteStartId, profile }: RemoteStart): Agreed {
    const { bays, held, life, profiles, registration, settings } = this.parts;
    if (!registration.accepted) return undefined;
    const asked = bays.filter((bay) => evse === undefined || bay.evse.id === evse);
    const free = asked.filter((bay) => bay.free && !held(bay, token));
    const bay = free.find(({ evse: { car } }) => car !== undefined) ?? free[0];
    if (bay === undefined) return undefined;
    return () => {
      if (profile !== undefined) profiles.await(bay.evse.id, profile);
      life.run(() => bay.remoteStart(token, remoteStartId, settings.flag("authorizeRemote")));
    };
  }

  remoteStop(wireId: string | number): Agreed {
    const { bays, life, registration } = this.parts;
    if (!registration.accepted) return undefined;
    const bay = bays.find((each) => this.runs(each, wireId));
    const reference = bay?.transaction?.reference;
    return bay === undefined ? undefined : () => life.run(() => bay.stop("remote", reference));
  }

  reset(kind: "hard" | "soft" | "idle") {
    if (kind === "idle" && this.busy) {
      return { status: "scheduled", begin: () => void (this.resetWhenIdle = true) } as const;
    }
    const begin = () => this.restart(kind === "soft" ? "soft-reset" : "hard-reset");
    return { status: "accepted", begin } as const;
  }

  /** A transaction may have ended: a reset may have waited for it. */
  bayChanged(): void {
    if (this.resetWhenIdle && !this.busy) this.restart("hard-reset");
  }

  async setAvailability(
    evse: EvseId | 0,
    operative: boolean,
  ): Promise<"accepted" | "scheduled" | "rejected"> {
    const { bays, flash, life, reservations } = this.parts;
    const affected = bays.filter((bay) => evse === 0 || bay.evse.id === evse);
    if (affected.length === 0) return "rejected";
    await life.hold(flash.commit([[`inoperative/${evse}`, operative ? undefined : true]]));
    if (!operative) await life.hold(reservations.remove(evse));
    // A running transaction goes on to its end (1.6 §5.2, 2.0.1 G03.FR.05).
    const busy = affected.some(({ transaction }) => transaction !== undefined);
    return busy && !operative ? "scheduled" : "accepted";
  }

  trigger(what: Triggered, evse: EvseId | undefined): Agreed {
    const { bays, dialect, life, registration, send, tellStates } = this.parts;
    const asked = bays.filter((bay) => evse === undefined || bay.evse.id === evse);
    if (asked.length === 0) return undefined;
    switch (what) {
      case "boot":
        return () => registration.notify(true);
      case "heartbeat":
        return () => registration.heartbeat();
      case "status":
        return () => tellStates(true, evse);
      case "meter":
      case "transaction":
        return () => {
          for (const bay of asked) {
            life.run(async () => {
              const told = await bay.tellNow("trigger");
              if (told === "idle" && what === "meter") send(dialect.meterValues(bay.evse.id, bay.sample()));
            });
          }
        };
    }
  }

  async unlock(evse: EvseId, running: "end" | "leave"): Promise<"unlocked" | "busy" | "unknown"> {
    const bay = this.bay(evse);
    if (bay === undefined) return "unknown";
    if (bay.transaction !== undefined && running === "leave") return "busy";
    await bay.stop("unlock");
    return "unlocked";
  }

  async reserve(reservation: Reservation): Promise<"accepted" | "occupied" | "unavailable" | "rejected"> {
    const { bays, life, reservations, settings } = this.parts;
    const { evse, id } = reservation;
    if (!settings.flag("reservationsEnabled") || (evse === 0 && !settings.flag("reserveAny")))
      return "rejected";
    const targets = bays.filter((bay) => evse === 0 || bay.evse.id === evse);
    if (targets.length === 0) return "rejected";
    if (targets.every(({ operative }) => !operative)) return "unavailable";
    const others = reservations.all.filter((each) => each.id !== id);
    // A car at the cable is no free EVSE: nobody else could charge there (H01.FR.11).
    const open = bays.filter(
      (bay) => bay.free && bay.evse.car === undefined && others.every((each) => each.evse !== bay.evse.id),
    );
    const forAny = others.filter((each) => each.evse === 0).length;
    if (open.length <= forAny || !open.some((bay) => targets.includes(bay))) return "occupied";
    return (await life.hold(reservations.add(reservation))) ? "accepted" : "rejected";
  }

  async cancelReservation(id: number): Promise<boolean> {
    return this.parts.life.hold(this.parts.reservations.cancel(id));
  }

  transactionAt(evse: EvseId, wireId: string | number | undefined): string | undefined {
    const bay = this.bay(evse);
    const named = bay !== undefined && (wireId === undefined || this.runs(bay, wireId));
    return named ? bay.transaction?.reference : undefined;
  }

  evseOf(wireId: string | number): EvseId | undefined {
    return this.parts.bays.find((bay) => this.runs(bay, wireId))?.evse.id;
  }

  waits(reference: string | undefined): boolean {
    return this.parts.queue.waits(reference);
  }

  ask(call: OutCall): Promise<CallOutcome> {
    return this.parts.ask(call);
  }

  repeat(name: string, everyMs: number, work: () => Promise<void>): void {
    this.repeated.get(name)?.();
    this.repeated.delete(name);
    if (everyMs <= 0) return;
    this.repeated.set(name, this.parts.life.every(Math.min(everyMs, REPEAT_MS_MAX), work));
  }

  nowMs(): number {
    return this.parts.clock.nowMs();
  }

  tellChanges(): void {
    this.parts.tellStates(false);
  }

  send(call: OutCall): void {
    this.parts.send(call);
  }

  timestamp(): string {
    return this.parts.clock.timestamp();
  }

  /** Whether this is the transaction of that id which runs there: ours in 2.0.1, the central system's in 1.6. */
  private runs({ transaction }: Bay, wireId: string | number): boolean {
    if (transaction === undefined) return false;
    const { reference } = transaction;
    return typeof wireId === "string" ? reference === wireId : this.parts.queue.wireId(reference) === wireId;
  }

  private get busy(): boolean {
    return this.parts.bays.some(({ transaction }) => transaction !== undefined);
  }

  private bay(evse: EvseId): Bay | undefined {
    return this.parts.bays.find((bay) => bay.evse.id === evse);
  }

  private restart(cause: StopCause): void {
    const { bays, life, restart } = this.parts;
    this.resetWhenIdle = false;
    life.run(async () => {
      for (const bay of bays) await bay.stop(cause);
      restart("remote-reset");
    });
  }
}
