/** Another passkey of a person who is signed in, so that a lost device locks nobody out. */
import { NO_ROLE } from "../access/allow.ts";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";
import { findPasskey, insertPasskey } from "./people.ts";
import { SERVICE_PREFIX } from "./service-token.ts";

const roleOf = statement((db, p: { id: string }) =>
  db.selectFrom("people").select("role").where("id", "=", p.id),
);

/** A program signs in with tokens alone, and who has left signs in no more. */
export const addPasskey: Decision<"passkey.add"> = async (tx, { person, passkey, atMs }) => {
  const row = await tx.first(roleOf, { id: person });
  if (row === undefined || row.role === NO_ROLE || person.startsWith(SERVICE_PREFIX)) {
    return { kind: "refused" };
  }
  // A key that is registered is somebody's already (WebAuthn Level 3 §7.1, step 27).
  if ((await tx.first(findPasskey, { id: passkey.id })) !== undefined) return { kind: "refused" };
  await tx.run(insertPasskey, { ...passkey, person, atMs });
  observe(tx, { kind: "passkey.added", source: "person", atMs, data: { person } });
  return { kind: "added" };
};
