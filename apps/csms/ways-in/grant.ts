/**
 * Gives a dispensation with a new password: for the command line and the API, which show it once. Only its hash goes on
 * from here, so that neither the store nor its outbox ever sees a password.
 */
import type { Chance, Clock, StationId } from "@wattward/kernel";
import { newPassword, type PasswordHasher, type PasswordProfile } from "@wattward/ocpp/ways-in";
import type { Core, DispensationGiven } from "../core/port.ts";

export type GrantPorts = {
  readonly core: Pick<Core, "decide">;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: PasswordHasher;
};

export type Granted =
  | (Extract<DispensationGiven, { kind: "given" }> & { readonly password: string })
  | Extract<DispensationGiven, { kind: "refused" }>;

export async function grantDispensation(
  { core, clock, chance, hash }: GrantPorts,
  asked: {
    readonly station: StationId;
    readonly securityProfile: PasswordProfile;
    readonly untilMs: number;
    readonly actor: string;
  },
): Promise<Granted> {
  const { password, passwordHash } = await newPassword(hash, chance);
  const given = await core.decide("dispensation.give", {
    ...{ ...asked, passwordHash },
    atMs: clock.now().wallMs,
  });
  return given.kind === "refused" ? given : { ...given, password };
}
