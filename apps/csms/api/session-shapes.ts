/** The shapes of charging sessions: one transaction with all that is known of it, and its curve. */
import type { Json } from "@wattward/kernel";
import { type Static, Type } from "typebox";
import type * as Port from "../core/port.ts";
import { closed, integerOrNull, jsonObjectOrNull, ref, type Same, shape, textOrNull } from "./shape.ts";
import { transactionRow } from "./shapes.ts";

const SettlementRow = shape(
  "SettlementRow",
  Type.Object(
    {
      station: Type.String(),
      transaction: textOrNull(),
      pspRef: Type.String(),
      status: Type.String(),
      amount: Type.String({ description: "Decimal text, in the currency of the terminal." }),
      settledAtMs: Type.Integer(),
      receiptId: textOrNull(),
    },
    closed,
  ),
);

const TransactionDetailsRow = shape(
  "TransactionDetailsRow",
  Type.Object(
    {
      chargingState: textOrNull(),
      chargingS: integerOrNull("Seconds in which energy flowed."),
      remoteStartId: integerOrNull(),
      reservationId: integerOrNull(),
      operationMode: textOrNull(),
      tariff: textOrNull(),
      limits: jsonObjectOrNull("Those that hold, in the words of the station."),
      cost: jsonObjectOrNull("What the station reckoned, without its periods."),
    },
    closed,
  ),
);

const TransactionEventRow = shape(
  "TransactionEventRow",
  Type.Object(
    {
      kind: Type.String({ description: "started, updated, meter or ended" }),
      seqNo: integerOrNull(),
      atMs: Type.Integer({ description: "When it happened." }),
      receivedAtMs: Type.Integer({ description: "When it was first received, here or at its site." }),
      clockQuality: Type.String(),
      meterWh: integerOrNull(),
      powerW: integerOrNull(),
      path: Type.String({ description: "live, replayed by its site, or offline: from the station's queue" }),
      answeredLocally: Type.Boolean({ description: "Its site answered it, without us." }),
      messageId: Type.String(),
      trace: Type.String(),
      signedValues: Type.Unsafe<readonly Json[] | null>({
        type: ["array", "null"],
        items: {},
        description: "Raw, as the meter signed them.",
      }),
    },
    closed,
  ),
);

export const TransactionDetail = shape(
  "TransactionDetail",
  Type.Object(
    {
      ...transactionRow,
      connector: Type.Integer(),
      version: Type.String(),
      meterStartWh: integerOrNull(),
      meterLastWh: integerOrNull(),
      meterStopWh: integerOrNull(),
      firstSeqNo: integerOrNull(),
      lastSeqNo: integerOrNull(),
      missingSeqNos: Type.String({ description: "Those that have not come, as ranges: 3,5-7" }),
      changedAtMs: Type.Integer(),
      reviews: Type.Array(Type.Object({ code: Type.String(), sentence: Type.String() }, closed), {
        description: "Why a person should look at it before it is billed.",
      }),
      details: Type.Union([ref(TransactionDetailsRow), Type.Null()]),
      settlements: Type.Array(ref(SettlementRow)),
      events: Type.Array(ref(TransactionEventRow), { description: "By time; of very many the newest." }),
      eventCount: Type.Integer({ description: "Of all of them." }),
    },
    closed,
  ),
);

const CurvePoint = Type.Object(
  {
    atMs: Type.Integer(),
    energyWh: integerOrNull("Since the start."),
    powerW: integerOrNull(),
    socPercent: integerOrNull(),
  },
  closed,
);
export const TransactionCurve = shape(
  "TransactionCurve",
  Type.Object(
    {
      fromMs: Type.Integer(),
      toMs: Type.Integer({ description: "Now, while it is open." }),
      samples: Type.Integer({ description: "As many as are stored." }),
      stepMs: integerOrNull(
        "Where there are more than points: each point is one step, with its mean power and what stood at its end.",
      ),
      points: Type.Array(CurvePoint),
    },
    closed,
  ),
);

/** Each must be `true` to compile. */
export const agreements: {
  SettlementRow: Same<Static<typeof SettlementRow>, Port.SettlementRow>;
  TransactionDetailsRow: Same<Static<typeof TransactionDetailsRow>, Port.TransactionDetailsRow>;
  TransactionEventRow: Same<Static<typeof TransactionEventRow>, Port.TransactionEventRow>;
  TransactionDetail: Same<Static<typeof TransactionDetail>, Port.TransactionDetail>;
  TransactionCurve: Same<Static<typeof TransactionCurve>, Port.TransactionCurve>;
} = {
  SettlementRow: true,
  TransactionDetailsRow: true,
  TransactionEventRow: true,
  TransactionDetail: true,
  TransactionCurve: true,
};
