/**
 * A limit of a site's power that a person sets for a time: what everything controlled there may take together. It goes to the site in its
 * next bundle, ends by itself at the site's own clock, link or not, and needs no new version of the document. Of several limits from outside
 * the lowest holds.
 */
import type { EnergyLimit } from "@wattward/sitelink";
import type { Decision } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import { findSite } from "../sites/rows.ts";
import type { Tx } from "../store/writer.ts";
import { deleteLimit, findLimit, newestDocument, putLimit } from "./rows.ts";

export const setLimit: Decision<"energy.limit"> = async (tx, { site, limit, actor, reason, atMs }) => {
  if ((await tx.first(findSite, { id: site })) === undefined) return { kind: "unknown-site" };
  const document = await tx.first(newestDocument, { site });
  if (document === undefined || document.energy === null) return { kind: "unmanaged" };
  const why = clipped(reason);
  if (limit === null) await tx.run(deleteLimit, { site });
  else {
    const { limitW, untilMs } = limit;
    await tx.run(putLimit, {
      site_id: site,
      limit_w: limitW,
      until_ms: untilMs,
      at_ms: atMs,
      actor,
      reason: why,
    });
  }
  const data = { limitW: limit?.limitW ?? null, untilMs: limit?.untilMs ?? null, actor, reason: why };
  observe(tx, { kind: "energy.limit-set", source: "person", atMs, site, data });
  return { kind: "set" };
};

/** For the bundle; one that is over is none. */
export async function limitOf(tx: Tx, site: string, atMs: number): Promise<EnergyLimit | undefined> {
  const row = await tx.first(findLimit, { site });
  return row === undefined || row.until_ms <= atMs
    ? undefined
    : { limitW: row.limit_w, untilMs: row.until_ms };
}
