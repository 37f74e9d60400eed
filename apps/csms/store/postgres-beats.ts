/**
 * A node's beats on PostgreSQL: one statement on a connection of its own, outside the writers' lock, so that a writer
 * that holds the lock for long is no reason to take anybody for dead. Nothing is lost with it, so it does not wait for
 * the disk (`synchronous_commit = off`): a server that crashes takes back some beats, and no node for dead by it.
 */
import type { Beats, SeenNode } from "../nodes/membership.ts";
import { openSession, type Session } from "./postgres-session.ts";

const RENEW = `WITH renewed AS (
  UPDATE nodes SET beats = beats + 1 WHERE id = $1 AND incarnation = $2 AND alive = 1 RETURNING id
)
SELECT id, incarnation, beats, (SELECT count(*) FROM renewed) AS renewed FROM nodes WHERE alive = 1`;

type Renewed = SeenNode & { readonly renewed: number };

/** Connects with the first beat, and anew after each loss. */
export function postgresBeats(url: string): Beats {
  let session: Session | undefined;
  return {
    async renew({ id, incarnation }) {
      if (session === undefined || session.lost) session = await openSession(url, "off");
      const { rows } = await session.query({ name: "renew", text: RENEW, values: [id, incarnation] });
      const nodes = rows as Renewed[];
      return { standing: nodes[0]?.renewed === 1, nodes };
    },
    async close() {
      if (session !== undefined && !session.lost) await session.end();
    },
  };
}
