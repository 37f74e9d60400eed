/** Who may come in: invitations, passkeys, sessions. Secrets are looked up by their hash; nothing here gives one out. */
import type { Query } from "../core/queries.ts";
import { INVITATION_VALID_MS, MADE_AHEAD_MS_MAX } from "../people/people.ts";

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
