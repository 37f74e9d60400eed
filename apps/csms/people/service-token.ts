/**
 * Service accounts: people without a passkey, who hold tokens and can never sign in at the console. Made by whoever
 * may write to the data folder, by the command line; asking again for the same name gives the same account a new token.
 */
import type { Decision } from "../core/decision.ts";
import { statement } from "../store/statement.ts";
import { openSession } from "./people.ts";

/** Ids of people have no colon: an account never meets one. */
export const SERVICE_PREFIX = "service:";

const insertAccount = statement((db, p: { id: string; name: string; role: string; atMs: number }) =>
  db
    .insertInto("people")
    .values({ id: p.id, name: p.name, role: p.role, added_at_ms: p.atMs })
    // Removed or with less at the console meanwhile: whoever holds the data folder decides anew.
    .onConflict((c) => c.column("id").doUpdateSet({ role: p.role })),
);

export const issueServiceToken: Decision<"service.token"> = async (tx, input, world) => {
  const { name, role, hash, expiresAtMs, atMs } = input;
  const person = SERVICE_PREFIX + name;
  await tx.run(insertAccount, { id: person, name, role, atMs });
  await openSession(tx, { hash, person, kind: "token", name, expiresAtMs, atMs }, world);
  return { person };
};
