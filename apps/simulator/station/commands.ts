/**
 * What the central system may make this firmware do: {@link Controls} over its parts.
 */
import type { EvseId } from "@wattward/kernel";
import type { Bay } from "./bay.ts";
import type { Agreed, Controls, RemoteStart, Triggered } from "./controls.ts";
import type { BootReason, Dialect, OutCall, StopCause } from "./dialect.ts";
import type { Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { Limits, Schedule } from "./limits.ts";
import type { TransactionQueue } from "./queue.ts";
import type { Registration } from "./registration.ts";
import type { Listed, SettingName, Settings } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

export type CommandParts = {
  readonly life: Life;
  readonly clock: StationClock;
  readonly flash: Flash;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly bays: readonly Bay[];
  readonly limits: Limits;
  readonly queue: TransactionQueue;
  readonly registration: Registration;
  send(call: OutCall): void;
  tellStates(all: boolean, evse?: EvseId): void;
  restart(reason: BootReason): void;
};

export class Commands implements Controls {
  private readonly parts: CommandParts;
  private resetWhenIdle = false;

  constructor(parts: CommandParts) {
    this.parts = parts;
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

  remoteStart({ evse, token, remoteStartId }: RemoteStart): Agreed {
    const { bays, life, registration, settings } = this.parts;
    if (!registration.accepted) return undefined;
    const free = bays.filter((bay) => bay.free && (evse === undefined || bay.evse.id === evse));
    const bay = free.find(({ evse: { car } }) => car !== undefined) ?? free[0];
    if (bay === undefined) return undefined;
    return () => life.run(() => bay.remoteStart(token, remoteStartId, settings.flag("authorizeRemote")));
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
    const { bays, flash, life } = this.parts;
    const affected = bays.filter((bay) => evse === 0 || bay.evse.id === evse);
    if (affected.length === 0) return "rejected";
    await life.hold(flash.commit([[`inoperative/${evse}`, operative ? undefined : true]]));
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

  hasTransaction(evse: EvseId, wireId: string | number | undefined): boolean {
    const bay = this.bay(evse);
    return bay?.transaction !== undefined && (wireId === undefined || this.runs(bay, wireId));
  }

  limit(evse: EvseId | 0, scope: "transaction" | "default", schedule: Schedule): void {
    this.parts.limits.give(evse, scope, schedule, this.parts.life.now().monotonicMs);
  }

  clearLimits(evse: EvseId | undefined): void {
    this.parts.limits.clear(evse);
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
