/** Transactions that a message names beside its own business: each must be this station's (AT-O12; QUIRKS 12). */
import type { Call } from "../core/call.ts";
import type { Tx } from "../store/writer.ts";
import { observeForeign } from "./record.ts";
import { findTransaction } from "./rows.ts";

/** Distinct ids of one message that are looked up; a message that names more is making them up. */
const LOOKED_UP_MAX = 32;

/** Those that are not this station's, each observed; ids that were not looked up count as foreign. */
export async function checkTransactions(
  tx: Tx,
  call: Call<object>,
  wireIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const named = [...new Set(wireIds)];
  const foreign = new Set(named.slice(LOOKED_UP_MAX));
  for (const wireId of named.slice(0, LOOKED_UP_MAX)) {
    const own = await tx.first(findTransaction, { station: call.station.id, version: call.version, wireId });
    if (own !== undefined) continue;
    foreign.add(wireId);
    await observeForeign(tx, call, wireId);
  }
  return foreign;
}
