/** The commands of 2.0.1, which 2.1 has as well: each row holds for both. */
import { CLEARING_ANSWER_MS_MAX, LIST_ANSWER_MS_MAX } from "../limits.ts";
import { checkCancelling, storeCancelling } from "../ocpp16/reserve-now.ts";
import type { Answer2, Asked2, Check, CommandRoute } from "../route.ts";
import { keepAvailability } from "../rules/availability.ts";
import { forgetListVersion } from "../rules/local-list.ts";
import { objectToPlace } from "../rules/places.ts";
import { objectToData } from "../rules/settings.ts";
import { objectToTransaction } from "../rules/transactions.ts";
import { checkClearing, forgetCleared } from "./clear-charging-profile.ts";
import { checkPlace, forgetAbsent } from "./get-charging-profiles.ts";
import { beginBaseReport, beginSelectedReport, checkReport, forgetReport, storeVerdict } from "./reports.ts";
import { checkStart } from "./request-start-transaction.ts";
import { checkReservation, storeReservation } from "./reserve-now.ts";
import { checkList, storeList, storeVersion } from "./send-local-list.ts";
import { checkProfile, storeProfile } from "./set-charging-profile.ts";
import { checkSettings, storeReading, storeSettings } from "./set-variables.ts";
import { checkTrigger } from "./trigger-message.ts";

type Actions =
  | "CancelReservation"
  | "ChangeAvailability"
  | "ClearCache"
  | "ClearChargingProfile"
  | "DataTransfer"
  | "GetBaseReport"
  | "GetChargingProfiles"
  | "GetCompositeSchedule"
  | "GetLocalListVersion"
  | "GetReport"
  | "GetTransactionStatus"
  | "GetVariables"
  | "RequestStartTransaction"
  | "RequestStopTransaction"
  | "ReserveNow"
  | "Reset"
  | "SendLocalList"
  | "SetChargingProfile"
  | "SetVariables"
  | "TriggerMessage"
  | "UnlockConnector";
type Routes2 = { readonly [A in Actions]: CommandRoute<Asked2<A>, Answer2<A>> };

/** `evseId` 0 is the whole station. */
const evse =
  (whole: boolean): Check<{ readonly evseId?: number | undefined }> =>
  async (asking) => {
    const { evseId } = asking.payload;
    return evseId === undefined ? undefined : objectToPlace(asking, { evse: evseId }, { whole });
  };

const ownTransaction: Check<{ readonly transactionId?: string | undefined }> = async (asking) => {
  const { transactionId } = asking.payload;
  return transactionId === undefined ? undefined : objectToTransaction(asking, transactionId);
};

/** Of one that has ended its messages may still be in the station's queue (E14.FR.03). */
const knownTransaction: Check<{ readonly transactionId?: string | undefined }> = async (asking) => {
  const { transactionId } = asking.payload;
  return transactionId === undefined
    ? undefined
    : objectToTransaction(asking, transactionId, { ended: true });
};

export const routes2: Routes2 = {
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
    check: async (asking) => {
      const { evse: at } = asking.payload;
      const where = at === undefined ? undefined : { evse: at.id, connector: at.connectorId };
      return where === undefined ? undefined : objectToPlace(asking, where, { whole: true });
    },
    store: (answered) =>
      keepAvailability(answered, {
        evse: answered.payload.evse?.id ?? 0,
        connector: answered.payload.evse?.connectorId ?? 0,
        operative: answered.payload.operationalStatus === "Operative",
      }),
  },
  ClearCache: {
    group: "core",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "cache",
    answerMsMax: CLEARING_ANSWER_MS_MAX,
  },
  ClearChargingProfile: {
    group: "charging profiles",
    stake: "configure",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: checkClearing,
    store: forgetCleared,
  },
  DataTransfer: {
    group: "data transfer",
    stake: "dangerous",
    judge: ["Accepted"],
    repeatable: false,
    check: async ({ payload }) => objectToData(payload),
  },
  GetBaseReport: {
    group: "reports",
    stake: "read",
    judge: ["Accepted", "EmptyResultSet"],
    repeatable: true,
    variant: ({ reportBase }) => reportBase,
    check: checkReport,
    sending: beginBaseReport,
    store: storeVerdict,
    doubt: forgetReport,
  },
  GetChargingProfiles: {
    group: "charging profiles",
    stake: "read",
    judge: ["Accepted", "NoProfiles"],
    repeatable: true,
    needs: "smart-charging",
    check: checkPlace,
    store: forgetAbsent,
  },
  GetCompositeSchedule: {
    group: "charging profiles",
    stake: "read",
    judge: ["Accepted"],
    repeatable: true,
    needs: "smart-charging",
    check: evse(true),
  },
  GetLocalListVersion: {
    group: "local list",
    stake: "read",
    judge: () => "accepted",
    repeatable: true,
    needs: "local-list",
    store: storeVersion,
  },
  GetReport: {
    group: "reports",
    stake: "read",
    judge: ["Accepted", "EmptyResultSet"],
    repeatable: true,
    check: checkReport,
    sending: beginSelectedReport,
    store: storeVerdict,
    doubt: forgetReport,
  },
  GetTransactionStatus: {
    group: "core",
    stake: "read",
    judge: () => "accepted",
    repeatable: true,
    check: knownTransaction,
  },
  GetVariables: {
    group: "configuration",
    stake: "read",
    judge: { list: "getVariableResult", accepts: "some" },
    repeatable: true,
    store: storeReading,
  },
  RequestStartTransaction: {
    group: "remote control",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: false,
    check: checkStart,
  },
  RequestStopTransaction: {
    group: "remote control",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    check: ownTransaction,
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
  Reset: {
    group: "core",
    stake: "dangerous",
    judge: ["Accepted", "Scheduled"],
    repeatable: false,
    check: evse(false),
  },
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
  SetVariables: {
    group: "configuration",
    stake: "configure",
    judge: { list: "setVariableResult", accepts: "every" },
    repeatable: true,
    check: checkSettings,
    store: storeSettings,
  },
  TriggerMessage: {
    group: "trigger",
    stake: "operate",
    judge: ["Accepted"],
    repeatable: true,
    variant: ({ requestedMessage }) => requestedMessage,
    check: checkTrigger,
  },
  UnlockConnector: {
    group: "core",
    stake: "dangerous",
    judge: ["Unlocked"],
    repeatable: true,
    check: (asking) => {
      const { evseId, connectorId: connector } = asking.payload;
      return objectToPlace(asking, { evse: evseId, connector }, { whole: false });
    },
  },
};
