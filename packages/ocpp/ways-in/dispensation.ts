/**
 * A dispensation: a dated leave for one station to use security profile 1 or 2 (HTTP Basic) in place of 3. Given by an
 * operator, carried by the signed bundle, judged here by both ends of the route.
 *
 * Always true: without a trusted clock none is in force (ADR 20), because nobody can say whether its day has passed.
 */
import type { Instant, StationId } from "@wattward/kernel";

/** The two security profiles with a password (OCPP 2.0.1 A00; 1.6 Improved security §2). */
export type PasswordProfile = 1 | 2;
export const passwordProfiles: readonly PasswordProfile[] = [1, 2];
/** As a connection's: 3 is mutual TLS. */
export type SecurityProfile = PasswordProfile | 3;

export const isPasswordProfile = (value: unknown): value is PasswordProfile => value === 1 || value === 2;

export type Dispensation = {
  readonly station: StationId;
  readonly securityProfile: PasswordProfile;
  /** From this wall time on it is over. */
  readonly untilMs: number;
  /** Text of password-text.ts. */
  readonly passwordHash: string;
};

/** What a connection came in with; it stays only for as long as exactly this is in force. */
export type Leave = Pick<Dispensation, "station" | "securityProfile" | "passwordHash">;

const runs = ({ untilMs }: Pick<Dispensation, "untilMs">, { wallMs, quality }: Instant): boolean =>
  quality !== "unknown" && wallMs < untilMs;

/** The dispensations that this end of the route goes by; replaced as a whole whenever they may have changed. */
export class Dispensations {
  private byStation: ReadonlyMap<StationId, Dispensation> = new Map();

  /** At most one of each station. */
  replace(all: readonly Dispensation[]): void {
    this.byStation = new Map(all.map((one) => [one.station, one]));
  }

  /** Of this station and this security profile, if it is in force. */
  inForce(station: StationId, securityProfile: PasswordProfile, now: Instant): Dispensation | undefined {
    const found = this.byStation.get(station);
    return found?.securityProfile === securityProfile && runs(found, now) ? found : undefined;
  }

  /** Is what a connection came in with still in force? A new password ends the connections of the old one. */
  stillHolds({ station, securityProfile, passwordHash }: Leave, now: Instant): boolean {
    return this.inForce(station, securityProfile, now)?.passwordHash === passwordHash;
  }

  /** Is there any of this security profile? */
  any(securityProfile: PasswordProfile, now: Instant): boolean {
    for (const one of this.byStation.values())
      if (one.securityProfile === securityProfile && runs(one, now)) return true;
    return false;
  }

  /** Milliseconds until the next one ends; undefined where none is in force. */
  nextEndMs(now: Instant): number | undefined {
    let soonest: number | undefined;
    for (const one of this.byStation.values())
      if (runs(one, now)) soonest = Math.min(soonest ?? Infinity, one.untilMs - now.wallMs);
    return soonest;
  }
}
