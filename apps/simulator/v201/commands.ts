/** The commands of a 2.0.1 CSMS that this station answers; the others get NotSupported. */
import type { Command } from "../station/dialect.ts";
import { changeAvailability } from "./commands/change-availability.ts";
import { clearChargingProfile } from "./commands/clear-charging-profile.ts";
import { dataTransfer } from "./commands/data-transfer.ts";
import { getBaseReport } from "./commands/get-base-report.ts";
import { getVariables } from "./commands/get-variables.ts";
import { requestStartTransaction } from "./commands/request-start-transaction.ts";
import { requestStopTransaction } from "./commands/request-stop-transaction.ts";
import { reset } from "./commands/reset.ts";
import { setChargingProfile } from "./commands/set-charging-profile.ts";
import { setVariables } from "./commands/set-variables.ts";
import { triggerMessage } from "./commands/trigger-message.ts";
import { unlockConnector } from "./commands/unlock-connector.ts";

export const commands201: ReadonlyMap<string, Command> = new Map<string, Command>([
  changeAvailability,
  clearChargingProfile,
  dataTransfer,
  getBaseReport,
  getVariables,
  requestStartTransaction,
  requestStopTransaction,
  reset,
  setChargingProfile,
  setVariables,
  triggerMessage,
  unlockConnector,
]);
