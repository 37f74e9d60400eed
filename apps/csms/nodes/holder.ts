/**
 * Which node holds a station's or a site's socket, as the database knows it: at most one, and handed over in one commit.
 *
 *     B: holder.claim ──▶ nobody, or a dead node: yours
 *                    └──▶ A lives: outbox `holder.asked` ──▶ A decides by proof, closes its socket
 *     B ◀── outbox `holder.answered` ◀── A: holder.answer, which in the same commit makes it B's
 *
 * Two newcomers at two nodes: the first answer gives it away, the second finds that it is no longer A's to give.
 */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Elsewhere, Held } from "../core/port.ts";
import { findSite } from "../sites/rows.ts";
import { findStation } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { findNode, setSiteNode, setStationNode } from "./rows.ts";

export const claimHeld: Decision<"holder.claim"> = async (tx, input) => {
  const { held, node, claim, silent, ticket, atMs } = input;
  const row = await rowOf(tx, held);
  const elsewhere = await heldElsewhere(tx, row?.node ?? null, node);
  if (elsewhere === undefined) {
    await hand(tx, held, node);
    return { kind: "yours" };
  }
  const holder = elsewhere.node;
  if (silent.includes(holder)) return { kind: "silent", holder };
  const data = { holder, by: node, ticket, claim };
  observe(tx, { kind: "holder.asked", source: "csms", atMs, ...aboutOf(held, row), data });
  return { kind: "asked", holder };
};

export const answerHeld: Decision<"holder.answer"> = async (tx, input) => {
  const { held, from, to, ticket, atMs } = input;
  const row = await rowOf(tx, held);
  let { verdict, why } = input;
  if (verdict === "given" && (await heldElsewhere(tx, row?.node ?? null, from)) !== undefined) {
    verdict = "hold";
    why = "alive-elsewhere";
  }
  if (verdict === "given" && (await isAlive(tx, to))) await hand(tx, held, to);
  const data = { from, to, ticket, verdict, why };
  observe(tx, { kind: "holder.answered", source: "csms", atMs, ...aboutOf(held, row), data });
};

/** Another node that is not known to be dead has it. */
export async function heldElsewhere(
  tx: Tx,
  holder: string | null,
  node: string,
): Promise<Elsewhere | undefined> {
  if (holder === null || holder === node || !(await isAlive(tx, holder))) return undefined;
  return { kind: "elsewhere", node: holder };
}

async function isAlive(tx: Tx, id: string): Promise<boolean> {
  return (await tx.first(findNode, { id }))?.alive === 1;
}

type HeldRow = { readonly node: string | null; readonly site: string | null };

async function rowOf(tx: Tx, held: Held): Promise<HeldRow | undefined> {
  if (held.kind === "site") {
    const site = await tx.first(findSite, { id: held.site });
    return site && { node: site.node, site: site.id };
  }
  const station = await tx.first(findStation, { id: held.station });
  return station && { node: station.node, site: station.site_id };
}

const hand = (tx: Tx, held: Held, node: string) =>
  held.kind === "site"
    ? tx.run(setSiteNode, { id: held.site, node })
    : tx.run(setStationNode, { id: held.station, node });

const aboutOf = (held: Held, row: HeldRow | undefined) => ({
  ...(held.kind === "station" && { station: held.station }),
  site: row?.site ?? null,
});
