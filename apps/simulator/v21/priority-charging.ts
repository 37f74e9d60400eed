/** NotifyPriorityCharging (2.1 K21.FR.05, K22.FR.03): priority for a transaction has begun, or ended. */
import type { OutCall } from "../station/dialect.ts";
import { calling } from "../station/typed.ts";

export const priorityCharging = (transactionId: string, activated: boolean): OutCall =>
  calling<"2.1">()("NotifyPriorityCharging", { transactionId, activated });
