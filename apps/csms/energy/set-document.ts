/**
 * A new version of a site's energy document. What it says was checked by whoever brought it (check-document.ts); here is checked what
 * may have changed since: that nobody else wrote one in between, and that its stations are still the site's own.
 */
import type { Decision } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import type { EnergyChange } from "../core/port.ts";
import { findSite } from "../sites/rows.ts";
import { findStation } from "../stations/rows.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { insertDocument, newestDocument } from "./rows.ts";

export const setDocument: Decision<"energy.set"> = async (tx, input) => {
  const { site, base, text, actor, reason, atMs } = input;
  if ((await tx.first(findSite, { id: site })) === undefined) return { kind: "unknown-site" };
  const last = await tx.first(newestDocument, { site });
  const lastVersion = last?.version ?? 0;
  if (lastVersion !== base) return { kind: "conflict", version: lastVersion };
  const stranger = await firstStranger(tx, input);
  if (stranger !== undefined) return { kind: "refused", station: stranger };
  if (isSame(input, last)) return { kind: "unchanged", version: lastVersion };
  const version = lastVersion + 1;
  const managed = input.energy !== undefined;
  await tx.run(insertDocument, {
    site_id: site,
    version,
    at_ms: atMs,
    actor,
    reason: clipped(reason),
    text,
    energy: input.energy ?? null,
    guard: input.guard ?? null,
  });
  const data = { version, managed, actor, reason: clipped(reason) };
  observe(tx, { kind: "energy.set", source: "person", atMs, site, data });
  return { kind: "set", version };
};

/** To another program the same text may mean something else; what is said again is meant as it is understood now. */
const isSame = (
  { text, energy, guard }: EnergyChange,
  last: Pick<Row<"energy_documents">, "text" | "energy" | "guard"> | undefined,
): boolean =>
  text === (last?.text ?? "") &&
  energy === (last?.energy ?? undefined) &&
  guard === (last?.guard ?? undefined);

async function firstStranger(
  tx: Tx,
  { site, stations }: { readonly site: string; readonly stations: readonly string[] },
): Promise<string | undefined> {
  for (const station of stations) {
    const known = await tx.first(findStation, { id: station });
    if (known?.site_id !== site) return station;
  }
  return undefined;
}
