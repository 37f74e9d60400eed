/**
 * What administrators do to people: another role, a passkey taken away, a session ended, somebody removed.
 *
 * Always true: somebody who can sign in (has a passkey) is an administrator, or nobody ever was. Whoever would leave
 * none behind is refused; programs do not count, as they cannot invite at the console. When somebody administers no
 * more, every open invitation is withdrawn: they may have made it for themselves.
 */
import { NO_ROLE } from "../access/allow.ts";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { SESSION_ID_CHARS } from "./people.ts";

const ADMINISTRATOR = "administrator";

const findPerson = statement((db, p: { id: string }) =>
  db.selectFrom("people").selectAll().where("id", "=", p.id),
);
const setRole = statement((db, p: { id: string; role: string }) =>
  db.updateTable("people").set({ role: p.role }).where("id", "=", p.id),
);
/** Passkeys of administrators, but for one person's, or that one. */
const othersKeys = statement((db, p: { person: string; passkey: string }) =>
  db
    .selectFrom("passkeys")
    .innerJoin("people", "people.id", "passkeys.person_id")
    .select("passkeys.id")
    .where("people.role", "=", ADMINISTRATOR)
    .where("people.id", "<>", p.person)
    .where("passkeys.id", "<>", p.passkey)
    .limit(1),
);
const findPasskey = statement((db, p: { id: string }) =>
  db
    .selectFrom("passkeys")
    .innerJoin("people", "people.id", "passkeys.person_id")
    .select(["people.id as person", "people.role as role"])
    .where("passkeys.id", "=", p.id),
);
const deletePasskey = statement((db, p: { id: string }) => db.deleteFrom("passkeys").where("id", "=", p.id));
const deletePasskeysOf = statement((db, p: { person: string }) =>
  db.deleteFrom("passkeys").where("person_id", "=", p.person),
);
const deleteSessionsOf = statement((db, p: { person: string }) =>
  db.deleteFrom("sessions").where("person_id", "=", p.person),
);
/** All of this prefix: there is one, or chance has failed us. */
const sessionsNamed = statement((db, p: { from: string; to: string }) =>
  db
    .selectFrom("sessions")
    .select(["hash", "person_id"])
    .where("hash", ">=", p.from)
    .where("hash", "<", p.to)
    .limit(1),
);
const deleteSession = statement((db, p: { hash: string }) =>
  db.deleteFrom("sessions").where("hash", "=", p.hash),
);
const withdrawInvitation = statement((db, p: { from: string; to: string; atMs: number }) =>
  db
    .updateTable("invitations")
    .set({ used_at_ms: p.atMs })
    .where("hash", ">=", p.from)
    .where("hash", "<", p.to)
    .where("used_at_ms", "is", null),
);

/** Nobody wrote down whose they are: any of them may be the way back of whoever made it. */
const withdrawAll = statement((db, p: { atMs: number }) =>
  db
    .updateTable("invitations")
    .set({ used_at_ms: p.atMs })
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", p.atMs),
);
const findPasskeyOf = statement((db, p: { person: string }) =>
  db.selectFrom("passkeys").select("id").where("person_id", "=", p.person).limit(1),
);

/** Hexadecimal digits sort before `g`; an id of another form names nothing. */
const named = (id: string): { from: string; to: string } | undefined =>
  new RegExp(`^[0-9a-f]{${SESSION_ID_CHARS}}$`).test(id) ? { from: id, to: `${id}g` } : undefined;

type Without = { readonly person?: string; readonly passkey?: string };
const leavesNoAdministrator = async (tx: Tx, { person = "", passkey = "" }: Without): Promise<boolean> =>
  (await tx.first(othersKeys, { person, passkey })) === undefined;

/** Does nobody who signs in administer without this person? A program never did, so without it nothing changes. */
const isLastAdministrator = async (tx: Tx, { id, role }: { id: string; role: string }): Promise<boolean> =>
  role === ADMINISTRATOR &&
  (await tx.first(findPasskeyOf, { person: id })) !== undefined &&
  (await leavesNoAdministrator(tx, { person: id }));

/** Who may invite no more must not come back by a link that they kept. */
async function withdrawOpen(tx: Tx, { actor, atMs }: { actor: string; atMs: number }): Promise<void> {
  if ((await tx.run(withdrawAll, { atMs })) === 0) return;
  observe(tx, { kind: "invitation.withdrawn", source: "person", atMs, data: { actor } });
}

export const changePerson: Decision<"person.change"> = async (tx, { id, role, actor, atMs }) => {
  const person = await tx.first(findPerson, { id });
  if (person === undefined) return { kind: "unknown" };
  if (person.role === role) return { kind: "unchanged" };
  if (await isLastAdministrator(tx, person)) return { kind: "last-administrator" };
  await tx.run(setRole, { id, role });
  if (person.role === ADMINISTRATOR) await withdrawOpen(tx, { actor, atMs });
  const data = { person: id, role, before: person.role, actor };
  observe(tx, { kind: "person.changed", source: "person", atMs, data });
  return { kind: "changed" };
};

export const removePerson: Decision<"person.remove"> = async (tx, { id, actor, atMs }) => {
  const person = await tx.first(findPerson, { id });
  if (person === undefined) return { kind: "unknown" };
  if (person.role === NO_ROLE) return { kind: "unchanged" };
  if (await isLastAdministrator(tx, person)) return { kind: "last-administrator" };
  await tx.run(setRole, { id, role: NO_ROLE });
  if (person.role === ADMINISTRATOR) await withdrawOpen(tx, { actor, atMs });
  await tx.run(deletePasskeysOf, { person: id });
  await tx.run(deleteSessionsOf, { person: id });
  observe(tx, { kind: "person.removed", source: "person", atMs, data: { person: id, actor } });
  return { kind: "removed" };
};

export const removePasskey: Decision<"passkey.remove"> = async (tx, { id, actor, atMs }) => {
  const passkey = await tx.first(findPasskey, { id });
  if (passkey === undefined) return { kind: "unknown" };
  if (passkey.role === ADMINISTRATOR && (await leavesNoAdministrator(tx, { passkey: id }))) {
    return { kind: "last-administrator" };
  }
  await tx.run(deletePasskey, { id });
  observe(tx, { kind: "passkey.removed", source: "person", atMs, data: { person: passkey.person, actor } });
  return { kind: "removed" };
};

export const endSession: Decision<"session.end"> = async (tx, { id, actor, atMs }) => {
  const range = named(id);
  const session = range === undefined ? undefined : await tx.first(sessionsNamed, range);
  if (session === undefined) return { kind: "unknown" };
  await tx.run(deleteSession, { hash: session.hash });
  const data = { person: session.person_id, actor };
  observe(tx, { kind: "session.closed", source: "person", atMs, data });
  return { kind: "ended" };
};

export const withdraw: Decision<"invitation.withdraw"> = async (tx, { id, actor, atMs }) => {
  const range = named(id);
  if (range === undefined || (await tx.run(withdrawInvitation, { ...range, atMs })) === 0) {
    return { kind: "unknown" };
  }
  observe(tx, { kind: "invitation.withdrawn", source: "person", atMs, data: { actor } });
  return { kind: "withdrawn" };
};
