/**
 * The commands that a CSMS may send to a station of OCPP 1.6: §5, and ExtendedTriggerMessage of the security extension
 * (§5.6 there). Those of other groups are in groups.ts.
 */

import { CLEARING_ANSWER_MS_MAX, LIST_ANSWER_MS_MAX } from "./limits.ts";
import { checkSetting, judgeReading, storeReading, storeSetting } from "./ocpp16/change-configuration.ts";
import { forgetCleared } from "./ocpp16/clear-charging-profile.ts";
import { judgeVersion, storeVersion } from "./ocpp16/get-local-list-version.ts";
import { checkStart } from "./ocpp16/remote-start-transaction.ts";
import {
  checkCancelling,
  checkReservation,
  storeCancelling,
  storeReservation,
} from "./ocpp16/reserve-now.ts";
import { checkList, storeList } from "./ocpp16/send-local-list.ts";
import { checkProfile, storeProfile } from "./ocpp16/set-charging-profile.ts";
import type { Check, CommandRoutes } from "./route.ts";
import { keepAvailability } from "./rules/availability.ts";
import { forgetListVersion } from "./rules/local-list.ts";
import { objectToPlace } from "./rules/places.ts";
import { objectToData } from "./rules/settings.ts";
import { objectToTransaction } from "./rules/transactions.ts";

const place =
  (whole: boolean): Check<{ readonly connectorId?: number | undefined }> =>
  async (asking) => {
    const { connectorId: evse } = asking.payload;
    return evse === undefined ? undefined : objectToPlace(asking, { evse }, { whole });
  };
const anywhere = place(true);
const onConnector = place(false);

export const routes16: CommandRoutes<"1.6"> = {
  CancelReservation: {
    group: "reservation",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    needs: "reservation",
    check: checkCancelling,
    store: storeCancelling,
  },
  ChangeAvailability: {
    group: "availability",
    stake: "dangerous",
    judge: ["Accepted", "Scheduled"],
    repeatable: true,
    check: anywhere,
    store: (answered) =>
      keepAvailability(answered, {
        evse: answered.payload.connectorId,
        connector: 0,
        operative: answered.payload.type === "Operative",
      }),
  },
  ChangeConfiguration: {
    group: "configuration",
    stake: "configure",
    judge: ["Accepted", "RebootRequired"],
    repeatable: true,
    check: checkSetting,
    store: storeSetting,
  },
  ClearCache: {
    group: "core",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    answerMsMax: CLEARING_ANSWER_MS_MAX,
  },
  ClearChargingProfile: {
    group: "charging profiles",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: anywhere,
    store: forgetCleared,
  },
  DataTransfer: {
    group: "data transfer",
    stake: "dangerous",
    judge: ["Accepted"],
    repeatable: false,
    check: async ({ payload }) => objectToData(payload),
  },
  ExtendedTriggerMessage: {
    group: "trigger",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    variant: ({ requestedMessage }) => requestedMessage,
    check: anywhere,
  },
  GetCompositeSchedule: {
    group: "charging profiles",
    stake: "read",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: anywhere,
  },
  GetConfiguration: {
    group: "configuration",
    stake: "read",
    judge: judgeReading,
    repeatable: true,
    store: storeReading,
  },
  GetLocalListVersion: {
    group: "local list",
    stake: "read",
    judge: judgeVersion,
    repeatable: true,
    needs: "local-list",
    store: storeVersion,
  },
  RemoteStartTransaction: {
    group: "remote control",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: false,
    check: checkStart,
  },
  RemoteStopTransaction: {
    group: "remote control",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    check: (asking) => objectToTransaction(asking, String(asking.payload.transactionId)),
  },
  ReserveNow: {
    group: "reservation",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    needs: "reservation",
    check: checkReservation,
    store: storeReservation,
  },
  Reset: { group: "core", stake: "dangerous", judge: ["Accepted"], repeatable: false },
  SendLocalList: {
    group: "local list",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "local-list",
    answerMsMax: LIST_ANSWER_MS_MAX,
    check: checkList,
    store: storeList,
    doubt: forgetListVersion,
  },
  SetChargingProfile: {
    group: "charging profiles",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: checkProfile,
    store: storeProfile,
  },
  TriggerMessage: {
    group: "trigger",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    needs: "trigger",
    variant: ({ requestedMessage }) => requestedMessage,
    check: anywhere,
  },
  UnlockConnector: {
    group: "core",
    stake: "dangerous",
    judge: ["Unlocked"],
    repeatable: true,
    check: onConnector,
  },
};
