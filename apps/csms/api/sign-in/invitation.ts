/**
 * One-time links by which people join: `http://localhost:PORT/join#<secret>`. The secret stands behind `#`, so that no
 * browser sends it to a server or a log by itself; the database keeps only its hash. Good once, for a day.
 */
import type { Chance, Clock } from "@wattward/kernel";
import type { Role } from "../../access/allow.ts";
import type { Core } from "../../core/port.ts";
import { INVITATION_VALID_MS } from "../../people/people.ts";
import { newSecret, secretHash } from "./secrets.ts";

export type InvitationPorts = { readonly core: Core; readonly chance: Chance; readonly clock: Clock };

/** For whom it is, and who invites; the command line names nobody. */
export type Invited = { readonly role: Role; readonly actor?: string };

/** Makes an invitation and gives its link. `baseUrl`: where the console is, no slash at its end. */
export async function newInvitationLink(
  { core, chance, clock }: InvitationPorts,
  baseUrl: string,
  invited: Invited = { role: "administrator" },
): Promise<string> {
  const secret = newSecret(chance);
  const atMs = clock.now().wallMs;
  await core.decide("person.invite", {
    hash: secretHash(secret),
    ...invited,
    expiresAtMs: atMs + INVITATION_VALID_MS,
    atMs,
  });
  return `${baseUrl}/join#${secret}`;
}

/** For a first start: the link for the first administrator; undefined once anybody has joined. */
export async function invitationLink(ports: InvitationPorts, baseUrl: string): Promise<string | undefined> {
  if ((await ports.core.query("people.count", undefined)) > 0) return undefined;
  return newInvitationLink(ports, baseUrl);
}
