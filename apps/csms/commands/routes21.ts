/** The commands that a CSMS may send to a station of OCPP 2.1: those of 2.0.1, and its own. Others: groups.ts. */
import { checkUpdate, storeUpdate } from "./ocpp2/dynamic-schedule.ts";
import { routes2 } from "./ocpp2/routes.ts";
import type { CommandRoutes } from "./route.ts";
import { objectToTransaction } from "./rules/transactions.ts";

export const routes21: CommandRoutes<"2.1"> = {
  ...routes2,
  UpdateDynamicSchedule: {
    group: "charging profiles",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: checkUpdate,
    store: storeUpdate,
  },
  /** K21: the station uses the PriorityCharging profiles that it has for this transaction. */
  UsePriorityCharging: {
    group: "charging profiles",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: (asking) => objectToTransaction(asking, asking.payload.transactionId),
  },
};
