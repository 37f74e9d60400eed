/**
 * The listeners of security profiles 1 and 2: each is open for exactly as long as a dispensation of its profile is in
 * force (ADR 6), and a connection stays for as long as its own is.
 *
 * Ends are watched on monotonic time, and looked at again every {@link LOOK_AGAIN_MS}, because wall time may be set.
 */
import type { Cancel, Clock, Instant, Log, WireServer } from "@wattward/kernel";
import { type Dispensations, type PasswordProfile, passwordProfiles } from "./dispensation.ts";

/** The longest that a set clock goes unnoticed; a listener that could not be bound is tried again as often. */
export const LOOK_AGAIN_MS = 10_000;

export type BasicListenersPorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly dispensations: Dispensations;
  /** Rejects where the address cannot be bound. `port`: the one that it had before, if any. */
  listen(profile: PasswordProfile, port: number | undefined): Promise<WireServer>;
  /** A listener has opened, or closed: undefined. */
  changed(profile: PasswordProfile, port: number | undefined): void;
  /** Close every connection whose dispensation no longer holds. */
  sweep(now: Instant): void;
};

type Door = {
  /** Openings and closings of one door, one after the other. */
  last: Promise<void>;
  server: WireServer | undefined;
  /** Stations were told the port: the next time it is the same. */
  port: number | undefined;
  trouble: string | undefined;
};

export class BasicListeners {
  private readonly ports: BasicListenersPorts;
  private readonly doors = new Map<PasswordProfile, Door>(
    passwordProfiles.map((profile) => [
      profile,
      { last: Promise.resolve(), server: undefined, port: undefined, trouble: undefined },
    ]),
  );
  private cancel: Cancel = () => {};
  private stopped = false;

  constructor(ports: BasicListenersPorts) {
    this.ports = ports;
  }

  /** Dispensations may have changed: closes what is over, opens and closes doors. Resolves when all of it is done. */
  async look(): Promise<void> {
    if (this.stopped) return;
    const { clock, dispensations, sweep } = this.ports;
    const now = clock.now();
    this.cancel();
    this.cancel = clock.after(Math.min(dispensations.nextEndMs(now) ?? LOOK_AGAIN_MS, LOOK_AGAIN_MS), () => {
      void this.look();
    });
    sweep(now);
    await Promise.all(passwordProfiles.map((profile) => this.set(profile)));
  }

  /** TCP port of the listener, while it is open. */
  port(profile: PasswordProfile): number | undefined {
    return this.doors.get(profile)?.server?.port;
  }

  /** Why a station with a dispensation cannot connect; undefined while it can. */
  trouble(): string | undefined {
    for (const [profile, { server, trouble }] of this.doors) {
      const why = trouble ?? server?.trouble();
      if (why !== undefined) return `security profile ${profile}: ${why}`;
    }
    return undefined;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel();
    await Promise.all(passwordProfiles.map((profile) => this.set(profile)));
  }

  private set(profile: PasswordProfile): Promise<void> {
    const door = this.doors.get(profile)!;
    door.last = door.last.then(() => this.settle(profile, door));
    return door.last;
  }

  private async settle(profile: PasswordProfile, door: Door): Promise<void> {
    const { clock, dispensations, log, changed } = this.ports;
    const wanted = !this.stopped && dispensations.any(profile, clock.now());
    if (!wanted) door.trouble = undefined;
    if (wanted === (door.server !== undefined)) return;
    if (door.server !== undefined) {
      const { server } = door;
      door.server = undefined;
      changed(profile, undefined);
      log.info("password-listener-closed", { securityProfile: profile, port: server.port });
      await server.close();
      return;
    }
    try {
      door.server = await this.ports.listen(profile, door.port);
      door.port = door.server.port;
      door.trouble = undefined;
      changed(profile, door.port);
      log.warn("password-listener-open", { securityProfile: profile, port: door.port });
    } catch (error) {
      door.trouble = "does not listen";
      const say = error instanceof Error ? error.message : String(error);
      log.error("password-listener-not-bound", { securityProfile: profile, say, againMs: LOOK_AGAIN_MS });
    }
  }
}
