/** Who may come in: invitations, passkeys, sessions. Secrets are looked up by their hash; nothing here gives one out. */
import type { PasskeyRow, SessionRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import { INVITATION_VALID_MS, MADE_AHEAD_MS_MAX, sessionIdOf } from "../people/people.ts";
import { SERVICE_PREFIX } from "../people/service-token.ts";
import type { Row } from "../store/schema.ts";
import { queryLimits } from "./limits.ts";
import { atOneInstant } from "./read.ts";

/** Undefined for what is unknown, used or expired: whoever asks learns no more. */
export const invitationGet: Query<"invitation.get"> = (db, { hash, nowMs }) =>
  db
    .selectFrom("invitations")
    .select("role")
    .where("hash", "=", hash)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .where("expires_at_ms", "<=", nowMs + INVITATION_VALID_MS + MADE_AHEAD_MS_MAX)
    .executeTakeFirst();

/** People who can sign in; service accounts, which have no passkey, do not count. */
export const peopleCount: Query<"people.count"> = async (db) => {
  const row = await db
    .selectFrom("passkeys")
    .select((e) => e.fn.count<number>("person_id").distinct().as("people"))
    .executeTakeFirstOrThrow();
  return Number(row.people);
};

export const peopleList: Query<"people.list"> = (db, { nowMs }) =>
  atOneInstant(db, async (tx) => {
    const people = await tx.selectFrom("people").selectAll().orderBy("name").orderBy("id").execute();
    const passkeys = await tx
      .selectFrom("passkeys")
      .select(["id", "person_id", "added_at_ms", "used_at_ms"])
      .orderBy("added_at_ms")
      .execute();
    const sessions = await tx
      .selectFrom("sessions")
      .selectAll()
      .where("expires_at_ms", ">", nowMs)
      .orderBy("created_at_ms", "desc")
      .orderBy("hash")
      .limit(queryLimits.sessionsMax)
      .execute();
    const invitations = await tx
      .selectFrom("invitations")
      .selectAll()
      .where("used_at_ms", "is", null)
      .where("expires_at_ms", ">", nowMs)
      .orderBy("expires_at_ms")
      .limit(queryLimits.invitationsMax)
      .execute();
    const passkeysOf = Map.groupBy(passkeys, (row) => row.person_id);
    const sessionsOf = Map.groupBy(sessions, (row) => row.person_id);
    return {
      people: people.map((row) => ({
        ...{ id: row.id, name: row.name, role: row.role, addedAtMs: row.added_at_ms },
        kind: row.id.startsWith(SERVICE_PREFIX) ? "service" : "person",
        passkeys: (passkeysOf.get(row.id) ?? []).map(passkeyRow),
        sessions: (sessionsOf.get(row.id) ?? []).map(sessionRow),
      })),
      invitations: invitations.map(({ hash, role, expires_at_ms: expiresAtMs }) => ({
        ...{ id: sessionIdOf(hash), role, expiresAtMs },
      })),
    };
  });

const passkeyRow = (row: Pick<Row<"passkeys">, "id" | "added_at_ms" | "used_at_ms">): PasskeyRow => ({
  id: row.id,
  addedAtMs: row.added_at_ms,
  usedAtMs: row.used_at_ms,
});
const sessionRow = (row: Row<"sessions">): SessionRow => ({
  id: sessionIdOf(row.hash),
  kind: row.kind,
  name: row.name,
  openedAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
});

export const peopleNames: Query<"people.names"> = (db) =>
  db.selectFrom("people").select(["id", "name"]).orderBy("id").execute();

export const passkeyGet: Query<"passkey.get"> = (db, { id }) =>
  db
    .selectFrom("passkeys")
    .innerJoin("people", "people.id", "passkeys.person_id")
    .select([
      "passkeys.id as id",
      "people.id as person",
      "people.name as name",
      "passkeys.public_key as publicKey",
      "passkeys.counter as counter",
    ])
    .where("passkeys.id", "=", id)
    .executeTakeFirst();

export const sessionGet: Query<"session.get"> = (db, { hash, nowMs }) =>
  db
    .selectFrom("sessions")
    .innerJoin("people", "people.id", "sessions.person_id")
    .select(["people.id as person", "people.name as name", "people.role as role", "sessions.kind as kind"])
    .where("sessions.hash", "=", hash)
    .where("sessions.expires_at_ms", ">", nowMs)
    .where("sessions.created_at_ms", "<=", nowMs + MADE_AHEAD_MS_MAX)
    .executeTakeFirst();
