/**
 * People, their passkeys and their sessions. Only hashes of invitations and session tokens come here, so the database
 * opens no door by itself. An invitation is used once: the use and the person are one commit.
 *
 * Ends are told by the wall clock, which may jump. Back: what was made in the future is not accepted (see
 * {@link MADE_AHEAD_MS_MAX}), or it would be good for as long as the clock had been wrong. Forward: tokens of programs
 * are never swept, so that they are good again once the clock is right.
 */
import { type Decision, sortableId } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";

/** How far ahead of now a session, or an invitation's whole life, may have begun: what a clock may be set back by. */
export const MADE_AHEAD_MS_MAX = 24 * 3600_000;
/** Good for this long; also the most that an invitation may have left, with the clock's allowance. */
export const INVITATION_VALID_MS = 24 * 3600_000;

/** Sessions and invitations are named by the beginning of their hash: enough to name one, and nothing opens by it. */
export const SESSION_ID_CHARS = 32;

export const sessionIdOf = (hash: string): string => hash.slice(0, SESSION_ID_CHARS);

const insertInvitation = statement((db, p: { hash: string; role: string; expiresAtMs: number }) =>
  db
    .insertInto("invitations")
    .values({ hash: p.hash, role: p.role, expires_at_ms: p.expiresAtMs, used_at_ms: null })
    .onConflict((c) => c.column("hash").doNothing()),
);
const findInvitation = statement((db, p: { hash: string }) =>
  db.selectFrom("invitations").selectAll().where("hash", "=", p.hash),
);
/** Changes one row only where it was unused: of two who come at once, one joins. */
const useInvitation = statement((db, p: { hash: string; atMs: number; untilMsMax: number }) =>
  db
    .updateTable("invitations")
    .set({ used_at_ms: p.atMs })
    .where("hash", "=", p.hash)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", p.atMs)
    .where("expires_at_ms", "<=", p.untilMsMax),
);
const insertPerson = statement((db, p: { id: string; name: string; role: string; atMs: number }) =>
  db.insertInto("people").values({ id: p.id, name: p.name, role: p.role, added_at_ms: p.atMs }),
);
type Passkey = { id: string; person: string; publicKey: string; counter: number; transports: string };
export const insertPasskey = statement((db, p: Passkey & { atMs: number }) =>
  db.insertInto("passkeys").values({
    id: p.id,
    person_id: p.person,
    public_key: p.publicKey,
    counter: p.counter,
    transports: p.transports,
    added_at_ms: p.atMs,
    used_at_ms: null,
  }),
);
export const findPasskey = statement((db, p: { id: string }) =>
  db.selectFrom("passkeys").select("id").where("id", "=", p.id),
);
const usePasskey = statement((db, p: { id: string; counter: number; atMs: number }) =>
  db.updateTable("passkeys").set({ counter: p.counter, used_at_ms: p.atMs }).where("id", "=", p.id),
);
type Session = { hash: string; person: string; kind: string; name: string; expiresAtMs: number };
const insertSession = statement((db, p: Session & { atMs: number }) =>
  db.insertInto("sessions").values({
    hash: p.hash,
    person_id: p.person,
    kind: p.kind,
    name: p.name,
    created_at_ms: p.atMs,
    expires_at_ms: p.expiresAtMs,
  }),
);
const findSession = statement((db, p: { hash: string }) =>
  db.selectFrom("sessions").select("person_id").where("hash", "=", p.hash),
);
const deleteSession = statement((db, p: { hash: string }) =>
  db.deleteFrom("sessions").where("hash", "=", p.hash),
);
const deleteExpiredCookies = statement((db, p: { atMs: number }) =>
  db.deleteFrom("sessions").where("kind", "=", "cookie").where("expires_at_ms", "<=", p.atMs),
);

export const invite: Decision<"person.invite"> = async (tx, input) => {
  const { hash, role, expiresAtMs, atMs, actor } = input;
  await tx.run(insertInvitation, { hash, role, expiresAtMs });
  const source = actor === undefined ? "csms" : "person";
  observe(tx, {
    kind: "person.invited",
    source,
    atMs,
    data: { role, ...(actor !== undefined && { actor }) },
  });
};

const refusedInvitation = { kind: "refused", reason: "invitation" } as const;

export const join: Decision<"person.join"> = async (tx, { invitation, name, passkey, atMs }, world) => {
  // A key that is registered is somebody's already (WebAuthn §7.1, step 27).
  if ((await tx.first(findPasskey, { id: passkey.id })) !== undefined) return refusedInvitation;
  const untilMsMax = atMs + INVITATION_VALID_MS + MADE_AHEAD_MS_MAX;
  const used = await tx.run(useInvitation, { hash: invitation, atMs, untilMsMax });
  const row = used === 1 ? await tx.first(findInvitation, { hash: invitation }) : undefined;
  if (row === undefined) return refusedInvitation;
  const person = sortableId(world.chance, atMs);
  await tx.run(insertPerson, { id: person, name, role: row.role, atMs });
  await tx.run(insertPasskey, { ...passkey, person, atMs });
  observe(tx, { kind: "person.joined", source: "person", atMs, data: { person, name: clipped(name) } });
  return { kind: "joined", person };
};

export const openSession: Decision<"session.open"> = async (tx, input) => {
  const { hash, person, kind, name, expiresAtMs, atMs, passkey } = input;
  await tx.run(deleteExpiredCookies, { atMs });
  await tx.run(insertSession, { hash, person, kind, name, expiresAtMs, atMs });
  if (passkey !== undefined) await tx.run(usePasskey, { id: passkey.id, counter: passkey.counter, atMs });
  observe(tx, { kind: "session.opened", source: "person", atMs, data: { person, kind } });
};

export const closeSession: Decision<"session.close"> = async (tx, { hash, atMs }) => {
  const session = await tx.first(findSession, { hash });
  if (session === undefined) return;
  await tx.run(deleteSession, { hash });
  observe(tx, { kind: "session.closed", source: "person", atMs, data: { person: session.person_id } });
};
