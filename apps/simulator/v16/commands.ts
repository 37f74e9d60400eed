/** The commands of a 1.6 Central System that this station answers; the others get NotSupported. */
import type { Command } from "../station/dialect.ts";
import { cancelReservation } from "./commands/cancel-reservation.ts";
import { changeAvailability } from "./commands/change-availability.ts";
import { changeConfiguration } from "./commands/change-configuration.ts";
import { clearCache } from "./commands/clear-cache.ts";
import { clearChargingProfile } from "./commands/clear-charging-profile.ts";
import { dataTransfer } from "./commands/data-transfer.ts";
import { getCompositeSchedule } from "./commands/get-composite-schedule.ts";
import { getConfiguration } from "./commands/get-configuration.ts";
import { getDiagnostics } from "./commands/get-diagnostics.ts";
import { getLocalListVersion } from "./commands/get-local-list-version.ts";
import { getLog } from "./commands/get-log.ts";
import { remoteStartTransaction } from "./commands/remote-start-transaction.ts";
import { remoteStopTransaction } from "./commands/remote-stop-transaction.ts";
import { reserveNow } from "./commands/reserve-now.ts";
import { reset } from "./commands/reset.ts";
import { sendLocalList } from "./commands/send-local-list.ts";
import { setChargingProfile } from "./commands/set-charging-profile.ts";
import { signedUpdateFirmware } from "./commands/signed-update-firmware.ts";
import { extendedTriggerMessage, triggerMessage } from "./commands/trigger-message.ts";
import { unlockConnector } from "./commands/unlock-connector.ts";
import { updateFirmware } from "./commands/update-firmware.ts";

export const commands16: ReadonlyMap<string, Command> = new Map<string, Command>([
  cancelReservation,
  changeAvailability,
  changeConfiguration,
  clearCache,
  clearChargingProfile,
  dataTransfer,
  extendedTriggerMessage,
  getCompositeSchedule,
  getConfiguration,
  getDiagnostics,
  getLocalListVersion,
  getLog,
  remoteStartTransaction,
  remoteStopTransaction,
  reserveNow,
  reset,
  sendLocalList,
  setChargingProfile,
  signedUpdateFirmware,
  triggerMessage,
  unlockConnector,
  updateFirmware,
]);
