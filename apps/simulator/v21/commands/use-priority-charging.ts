/** UsePriorityCharging (K21): the PriorityCharging profile in place of the transaction's own, or no longer. */
import { answering21 } from "../answering.ts";
import { priorityCharging } from "../priority-charging.ts";

export const usePriorityCharging = answering21(
  "UsePriorityCharging",
  ({ activate, transactionId }, station) => {
    const evse = station.evseOf(transactionId);
    if (evse === undefined) {
      return { payload: { status: "Rejected", statusInfo: { reasonCode: "TxNotFound" } } };
    }
    const result = station.profiles.prioritise(evse, activate);
    if (result === "no-profile") return { payload: { status: "NoProfile" } };
    return {
      payload: { status: "Accepted" },
      after: () => {
        if (result === "changed") station.send(priorityCharging(transactionId, activate));
      },
    };
  },
);
