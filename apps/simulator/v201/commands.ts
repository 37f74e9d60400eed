/** The commands of a 2.0.1 CSMS that this station answers; the others get NotSupported. */
import type { Command } from "../station/dialect.ts";
import { cancelReservation } from "./commands/cancel-reservation.ts";
import { changeAvailability } from "./commands/change-availability.ts";
import { clearCache } from "./commands/clear-cache.ts";
import { clearChargingProfile } from "./commands/clear-charging-profile.ts";
import { customerInformation } from "./commands/customer-information.ts";
import { dataTransfer } from "./commands/data-transfer.ts";
import { getBaseReport } from "./commands/get-base-report.ts";
import { getChargingProfiles } from "./commands/get-charging-profiles.ts";
import { getCompositeSchedule } from "./commands/get-composite-schedule.ts";
import { getLocalListVersion } from "./commands/get-local-list-version.ts";
import { getLog } from "./commands/get-log.ts";
import { getReport } from "./commands/get-report.ts";
import { getTransactionStatus } from "./commands/get-transaction-status.ts";
import { getVariables } from "./commands/get-variables.ts";
import { requestStartTransaction } from "./commands/request-start-transaction.ts";
import { requestStopTransaction } from "./commands/request-stop-transaction.ts";
import { reserveNow } from "./commands/reserve-now.ts";
import { reset } from "./commands/reset.ts";
import { sendLocalList } from "./commands/send-local-list.ts";
import { setChargingProfile } from "./commands/set-charging-profile.ts";
import { setVariables } from "./commands/set-variables.ts";
import { triggerMessage } from "./commands/trigger-message.ts";
import { unlockConnector } from "./commands/unlock-connector.ts";
import { updateFirmware } from "./commands/update-firmware.ts";

export const commands201: ReadonlyMap<string, Command> = new Map<string, Command>([
  cancelReservation,
  changeAvailability,
  clearCache,
  clearChargingProfile,
  customerInformation,
  dataTransfer,
  getBaseReport,
  getChargingProfiles,
  getCompositeSchedule,
  getLocalListVersion,
  getLog,
  getReport,
  getTransactionStatus,
  getVariables,
  requestStartTransaction,
  requestStopTransaction,
  reserveNow,
  reset,
  sendLocalList,
  setChargingProfile,
  setVariables,
  triggerMessage,
  unlockConnector,
  updateFirmware,
]);
