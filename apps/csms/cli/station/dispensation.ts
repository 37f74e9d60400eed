/**
 * The options of `station add` that let a station use security profile 1 or 2 for a time: `--security-profile 1|2 --until
 * DATE`, and `--security-profile 3` to end it early. The password is printed once, and kept nowhere but as its hash.
 */
import { rfc3339, type StationId } from "@wattward/kernel";
import { argon2Hasher, isPasswordProfile, NO_ARGON2, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { grantDispensation } from "../../ways-in/grant.ts";
import { CommandError, UsageError } from "../arguments.ts";
import type { CommandPorts } from "../data-core.ts";

export const dispensationOptions = {
  "security-profile": { type: "string" },
  until: { type: "string" },
} as const;

export type Wish =
  | { readonly kind: "give"; readonly securityProfile: PasswordProfile; readonly untilMs: number }
  | { readonly kind: "end" };

const DAY_MS = 86_400_000;

/** Undefined where nothing was said; half of it, or what cannot be read, is a {@link UsageError}. */
export function wishFrom(values: {
  readonly "security-profile"?: string | undefined;
  readonly until?: string | undefined;
}): Wish | undefined {
  const { "security-profile": profile, until } = values;
  if (profile === undefined) {
    if (until !== undefined) throw new UsageError("--until goes with --security-profile 1 or 2");
    return undefined;
  }
  const securityProfile = Number(profile);
  if (profile === "3") {
    if (until !== undefined) throw new UsageError("--until goes with --security-profile 1 or 2");
    return { kind: "end" };
  }
  if (!isPasswordProfile(securityProfile))
    throw new UsageError(`--security-profile is 1, 2 or 3, not '${profile}'`);
  if (until === undefined) throw new UsageError(`--security-profile ${profile} needs --until DATE`);
  return { kind: "give", securityProfile, untilMs: instantOf(until) };
}

/** A day is meant to its end, in UTC; or an instant with its offset. */
function instantOf(text: string): number {
  const wrong = () =>
    new UsageError(
      `--until is a day like 2027-03-31, or an instant like 2027-03-31T18:00:00Z, not '${text}'`,
    );
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const atMs = time === undefined ? dayMs + DAY_MS : Date.parse(text);
  // JavaScript reads 31 February as 3 March.
  if (Number.isNaN(atMs) || rfc3339(dayMs).slice(0, 10) !== day) throw wrong();
  return atMs;
}

/** What was done: for a script, and in words. */
export type Told = { readonly facts: object; readonly words: string };

/** Does it. */
export async function fulfil(
  wish: Wish,
  station: StationId,
  { core, clock, chance, actor }: CommandPorts & { readonly actor: string },
): Promise<Told> {
  if (wish.kind === "end") {
    const { kind } = await core.decide("dispensation.end", { station, actor, atMs: clock.now().wallMs });
    const words =
      kind === "ended"
        ? `${station}: its dispensation is over; it comes by security profile 3 or not at all\n`
        : `${station}: it has no dispensation\n`;
    return { facts: { dispensation: kind }, words };
  }
  const hash = argon2Hasher();
  if (hash === undefined) throw new CommandError(`${station}: ${NO_ARGON2}`);
  const { securityProfile, untilMs } = wish;
  const given = await grantDispensation(
    { core, clock, chance, hash },
    { station, securityProfile, untilMs, actor },
  );
  if (given.kind === "refused") throw new CommandError(given.sentence);
  const replaced = given.replaced ? " (in place of the one it had)" : "";
  const until = rfc3339(untilMs).replace(".000Z", "Z");
  const words = `${station} may use security profile ${securityProfile} until ${until}${replaced}. Its password, shown this once:

  ${given.password}

  Write it into the station as AuthorizationKey (OCPP 1.6) or BasicAuthPassword (2.0.1, 2.1).
`;
  return { facts: { securityProfile, until, password: given.password }, words };
}
