/**
 * Security profiles 1 and 2 at the gateway: the dispensations of stations that may come directly, the two listeners that
 * are open while one is in force, and the end of what is over, here and in the store.
 */
import type { Cancel, Instant } from "@wattward/kernel";
import {
  BasicDoor,
  BasicListeners,
  Dispensations,
  type FailedAttempts,
  type Leave,
  PasswordCheck,
  type PasswordProfile,
} from "@wattward/ocpp/ways-in";
import { DENIALS_REFRESH_MS } from "./limits.ts";
import { passwordUpgrades } from "./password-upgrade.ts";
import type { GatewayPorts, ListenerDoors, PasswordPorts } from "./ports.ts";
import type { Doorkeeper, VerdictPorts } from "./verdicts.ts";

export type PasswordWaysPorts = VerdictPorts &
  Pick<GatewayPorts, "core" | "chance"> & {
    readonly ways: PasswordPorts;
    readonly attempts: FailedAttempts;
    readonly doorkeeper: Doorkeeper;
    readonly refused: ListenerDoors["refused"];
    /** Ends the connections that `over` says are. */
    sweep(over: (leave: Leave) => boolean): void;
  };

const KEY_BYTES = 32;

export class PasswordWays {
  private readonly ports: PasswordWaysPorts;
  private readonly dispensations = new Dispensations();
  private readonly listeners: BasicListeners;
  private reading: Promise<void> | undefined;
  private again = false;
  private cancel: Cancel = () => {};
  private stopped = false;

  constructor(ports: PasswordWaysPorts) {
    const { clock, log, chance, attempts, ways, doorkeeper } = ports;
    this.ports = ports;
    const { dispensations } = this;
    const passwords = new PasswordCheck(ways.hash, chance.bytes(KEY_BYTES));
    const door = new BasicDoor({ clock, dispensations, attempts, passwords });
    const upgradeOf = passwordUpgrades(door, doorkeeper, ports);
    this.listeners = new BasicListeners({
      ...{ clock, log, dispensations },
      listen: (profile, port) =>
        ways.listen(profile, port, {
          upgrade: upgradeOf(profile),
          admits: (address) => attempts.admits(address, clock.now().monotonicMs),
          refused: ports.refused,
        }),
      changed: (profile, port) => ways.changed?.(profile, port),
      sweep: (now) => ports.sweep((leave) => !dispensations.stillHolds(leave, now)),
    });
  }

  /** Is what it came in with still in force? */
  holds(leave: Leave): boolean {
    return this.dispensations.stillHolds(leave, this.ports.clock.now());
  }

  port(profile: PasswordProfile): number | undefined {
    return this.listeners.port(profile);
  }

  trouble(): string | undefined {
    return this.listeners.trouble();
  }

  /** Dispensations may have changed. One reading at a time; whoever asks meanwhile gets one more after it. */
  look(): Promise<void> {
    this.again = this.reading !== undefined;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      if (this.again && !this.stopped) void this.look();
    });
    return this.reading;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel();
    await this.listeners.stop();
  }

  private async read(): Promise<void> {
    const { core, clock, log } = this.ports;
    let dueMs = DENIALS_REFRESH_MS;
    try {
      const all = await core.query("dispensations.all", undefined);
      this.dispensations.replace(all.filter(({ route }) => route !== "site"));
      await this.listeners.look();
      const now = clock.now();
      // Of stations at sites too: what is over leaves the store, and with it the next bundle.
      if (all.some((one) => isOver(one.untilMs, now)))
        await core.decide("dispensations.expire", { atMs: now.wallMs });
      for (const { untilMs } of all)
        if (!isOver(untilMs, now)) dueMs = Math.min(dueMs, Math.max(1, untilMs - now.wallMs));
    } catch (error) {
      log.error("dispensations-not-read", { error: String(error) });
    }
    this.cancel();
    if (!this.stopped) this.cancel = clock.after(dueMs, () => void this.look());
  }
}

/** Without a trusted clock nothing is deleted: it may not be over. */
const isOver = (untilMs: number, { wallMs, quality }: Instant): boolean =>
  quality !== "unknown" && untilMs <= wallMs;
