/** Ids of transactions in commands: only those of the station itself (AT-O12, CVE-2026-28230). */
import { findTransaction, isAnothersTransaction } from "../../transactions/rows.ts";
import { type Asking, never, type Objection, unlessForced } from "../route.ts";

/**
 * One that nobody here knows may run all the same: a person may insist. Another station's never goes out.
 * @param ended may it have ended?
 */
export async function objectToTransaction(
  { tx, station }: Asking<unknown>,
  wireId: string,
  { ended = false }: { readonly ended?: boolean } = {},
): Promise<Objection | undefined> {
  const own = { station: station.id, version: station.ocpp_version ?? "", wireId };
  const known = await tx.first(findTransaction, own);
  if (known === undefined) {
    const anothers = (await tx.all(isAnothersTransaction, own)).length > 0;
    if (anothers) return never(`transaction ${wireId} is another station's, not ${station.id}'s`);
    return unlessForced(`no transaction ${wireId} of ${station.id} is known here`);
  }
  if (ended || known.ended_at_ms === null) return undefined;
  return unlessForced(`transaction ${wireId} of ${station.id} has ended`);
}
