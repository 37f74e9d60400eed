/**
 * Security profiles 1 and 2 at a site: the dispensations of the bundle in force, judged by the site's own clock, and the
 * listeners that are open while one is. The same door and the same rules as at the CSMS, with a CSMS or without.
 *
 * Always true: a station that has shown its certificate here has no dispensation any more, whatever a bundle says that
 * was signed before the CSMS heard of it.
 */
import type {
  Chance,
  Clock,
  Log,
  StationId,
  UpgradeRequest,
  UpgradeVerdict,
  WireServer,
} from "@wattward/kernel";
import {
  BasicDoor,
  BasicListeners,
  type BasicRefused,
  type BasicShown,
  Dispensations,
  type FailedAttempts,
  type Leave,
  PasswordCheck,
  type PasswordHasher,
  type PasswordProfile,
} from "@wattward/ocpp/ways-in";
import type { Bundle } from "@wattward/sitelink";

/** What the machine gives: Argon2id and the two listeners. */
export type PasswordPorts = {
  readonly hash: PasswordHasher;
  /** Rejects where it cannot, or may not, listen there. `port`: the one that it had before, if any. */
  listen(profile: PasswordProfile, port: number | undefined, door: PasswordDoor): Promise<WireServer>;
  /** A listener has opened on this port, or closed. */
  changed?(profile: PasswordProfile, port: number | undefined): void;
};

export type PasswordDoor = {
  upgrade(request: UpgradeRequest): Promise<UpgradeVerdict>;
  /** Asked once a connection, before anything is spent on it. */
  admits(address: string): boolean;
};

export type PasswordWaysPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly passwords: PasswordPorts;
  readonly attempts: FailedAttempts;
  bundle(): Bundle | undefined;
  /** Has it ever shown its certificate here? */
  certified(station: StationId): boolean;
  upgrade(profile: PasswordProfile, request: UpgradeRequest): Promise<UpgradeVerdict>;
  /** Shows out whoever is no longer admitted. */
  sweep(): void;
};

const KEY_BYTES = 32;

export class PasswordWays {
  private readonly ports: PasswordWaysPorts;
  private readonly dispensations = new Dispensations();
  private readonly door: BasicDoor;
  private readonly listeners: BasicListeners;

  constructor(ports: PasswordWaysPorts) {
    const { clock, chance, log, passwords, attempts } = ports;
    const { dispensations } = this;
    this.ports = ports;
    const check = new PasswordCheck(passwords.hash, chance.bytes(KEY_BYTES));
    this.door = new BasicDoor({ clock, dispensations, attempts, passwords: check });
    this.listeners = new BasicListeners({
      ...{ clock, log, dispensations },
      listen: (profile, port) =>
        passwords.listen(profile, port, {
          upgrade: (request) => ports.upgrade(profile, request),
          admits: (address) => attempts.admits(address, clock.now().monotonicMs),
        }),
      changed: (profile, port) => passwords.changed?.(profile, port),
      sweep: () => ports.sweep(),
    });
  }

  identify(request: UpgradeRequest, profile: PasswordProfile): Promise<BasicShown | BasicRefused> {
    return this.door.identify(request, profile);
  }

  /** Is what a connection came in with still in force? */
  holds(leave: Leave): boolean {
    return this.dispensations.stillHolds(leave, this.ports.clock.now());
  }

  /** Another bundle, or a station that has shown its certificate for the first time. */
  look(): Promise<void> {
    const { dispensations = [] } = this.ports.bundle() ?? {};
    this.dispensations.replace(dispensations.filter(({ station }) => !this.ports.certified(station)));
    return this.listeners.look();
  }

  port(profile: PasswordProfile): number | undefined {
    return this.listeners.port(profile);
  }

  stop(): Promise<void> {
    return this.listeners.stop();
  }
}
