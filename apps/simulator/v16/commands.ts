/** The commands of a 1.6 Central System that this station answers; the others get NotSupported. */
import type { Command } from "../station/dialect.ts";
import { changeAvailability } from "./commands/change-availability.ts";
import { changeConfiguration } from "./commands/change-configuration.ts";
import { clearChargingProfile } from "./commands/clear-charging-profile.ts";
import { dataTransfer } from "./commands/data-transfer.ts";
import { getConfiguration } from "./commands/get-configuration.ts";
import { remoteStartTransaction } from "./commands/remote-start-transaction.ts";
import { remoteStopTransaction } from "./commands/remote-stop-transaction.ts";
import { reset } from "./commands/reset.ts";
import { setChargingProfile } from "./commands/set-charging-profile.ts";
import { triggerMessage } from "./commands/trigger-message.ts";
import { unlockConnector } from "./commands/unlock-connector.ts";

export const commands16: ReadonlyMap<string, Command> = new Map<string, Command>([
  changeAvailability,
  changeConfiguration,
  clearChargingProfile,
  dataTransfer,
  getConfiguration,
  remoteStartTransaction,
  remoteStopTransaction,
  reset,
  setChargingProfile,
  triggerMessage,
  unlockConnector,
]);
