/** A driver at the station has claimed, or given back, priority for a transaction (2.1 K21, K22). */
import type { RequestOf } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { tell } from "../stations/told.ts";
import type { Tx } from "../store/writer.ts";
import { checkTransactions } from "../transactions/foreign.ts";
import { headOf } from "../transactions/record.ts";

/** For a transaction that is not this station's nothing is kept. */
export async function takePriority(
  tx: Tx,
  call: Call<RequestOf<"2.1", "NotifyPriorityCharging">>,
): Promise<void> {
  const { transactionId: wireId, activated } = call.payload;
  if ((await checkTransactions(tx, call, [wireId])).has(wireId)) return;
  const word = {
    subject: "priority-charging",
    about: wireId,
    body: { activated },
    ended: !activated,
  } as const;
  await tell(tx, call, word);
  observe(tx, { ...headOf(call), kind: "station.priority-charging", data: { wireId, activated } });
}
