/** The shapes of a station, and of what it holds, that leave by the API (see shapes.ts). */
import { Type } from "typebox";
import { closed, integerOrNull, jsonObject, ref, shape, textOrNull } from "./shape.ts";

export const ConnectorRow = shape(
  "ConnectorRow",
  Type.Object(
    {
      evse: Type.Integer({ description: "0 is the station itself; in 1.6 the connector's number." }),
      connector: Type.Integer(),
      status: Type.String({ description: "In the words of the station's own version." }),
      errorCode: textOrNull(),
      statusAtMs: Type.Integer(),
    },
    closed,
  ),
);

export const DeviationRow = shape(
  "DeviationRow",
  Type.Object(
    {
      station: Type.String(),
      rule: Type.String({ description: "Name of the rule: docs/quirks.md lists them." }),
      row: integerOrNull(),
      does: Type.Unsafe<string | null>({ type: ["string", "null"], description: "What is made of it." }),
      count: Type.Integer({ description: "Places, not messages." }),
      firstAtMs: Type.Integer(),
      lastAtMs: Type.Integer(),
      lastExample: Type.String({ description: "Where, and what stood there; tokens are masked." }),
    },
    closed,
  ),
);

const version = (description: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], description });
export const Handling = shape(
  "Handling",
  Type.Object(
    {
      strict: Type.Boolean({ description: "Nothing is repaired: what breaks its schema is refused." }),
      pinned: version("The only OCPP version to be spoken with it."),
      assumed: version("Spoken where it names no sub-protocol."),
      pinged: Type.Boolean(),
      closeDeaf: Type.Boolean({ description: "Its direct socket is closed when it answers no call." }),
    },
    closed,
  ),
);

export const DispensationView = shape(
  "DispensationView",
  Type.Object(
    {
      securityProfile: Type.Integer({ description: "1 or 2" }),
      untilMs: Type.Integer({ description: "It ends then, and its connection with it." }),
      givenAtMs: Type.Integer(),
      givenBy: Type.String(),
    },
    closed,
  ),
);

export const LearnedRow = shape(
  "LearnedRow",
  Type.Object(
    {
      kind: Type.String({ description: "unsupported, items or bytes (of one message)" }),
      about: Type.String({ description: "An action, and what is asked of it where that matters." }),
      most: integerOrNull(),
      because: Type.String({ description: "The answer that showed it." }),
      learnedAtMs: Type.Integer(),
    },
    closed,
  ),
);

const booleanOrNull = () => Type.Unsafe<boolean | null>({ type: ["boolean", "null"] });
export const VariableRow = shape(
  "VariableRow",
  Type.Object(
    {
      path: Type.String({ description: "What makes it one; to go on with the next page." }),
      component: Type.String(),
      componentInstance: textOrNull(),
      evse: integerOrNull(),
      connector: integerOrNull(),
      variable: Type.String(),
      variableInstance: textOrNull(),
      attribute: Type.String({ description: "Actual, Target, MinSet or MaxSet" }),
      value: textOrNull(),
      mutability: Type.Unsafe<string | null>({
        type: ["string", "null"],
        description: "ReadOnly, WriteOnly or ReadWrite; null where the station has not said.",
      }),
      dataType: textOrNull(),
      unit: textOrNull(),
      minLimit: textOrNull(),
      maxLimit: textOrNull(),
      valuesList: textOrNull(),
      persistent: booleanOrNull(),
      constant: booleanOrNull(),
      supportsMonitoring: booleanOrNull(),
      key16: Type.Unsafe<string | null>({
        type: ["string", "null"],
        description: "The 1.6 configuration key that it is.",
      }),
      source: Type.String({ description: "report, get, set or event" }),
      readAtMs: Type.Integer(),
    },
    closed,
  ),
);

export const StationHolds = shape(
  "StationHolds",
  Type.Object(
    {
      localListVersion: Type.Unsafe<number | null>({
        type: ["integer", "null"],
        description: "0 is no list; null where it is not known.",
      }),
      profiles: Type.Array(
        Type.Object(
          {
            id: Type.Integer(),
            evse: Type.Integer({ description: "0 is the whole station." }),
            purpose: Type.String(),
            stackLevel: Type.Integer(),
            kind: Type.String(),
            transaction: textOrNull(),
            profile: jsonObject("In the words of the station's own version."),
            source: Type.String({ description: "set: accepted from us; told: the station's own word" }),
            changedAtMs: Type.Integer(),
          },
          closed,
        ),
      ),
      reservations: Type.Array(
        Type.Object(
          {
            id: Type.Integer(),
            evse: Type.Integer({ description: "0 is any." }),
            token: Type.String({ description: "Masked." }),
            expiresAtMs: Type.Integer(),
            state: Type.String({
              description: "active, cancelled, removed, expired, used or no-transaction",
            }),
            changedAtMs: Type.Integer(),
          },
          closed,
        ),
      ),
      availability: Type.Array(
        Type.Object(
          {
            evse: Type.Integer({ description: "0 is the whole station." }),
            connector: Type.Integer(),
            operative: Type.Boolean(),
            scheduled: Type.Boolean({ description: "When the transaction there has ended." }),
            changedAtMs: Type.Integer(),
          },
          closed,
        ),
        { description: "What was asked for and accepted." },
      ),
      reports: Type.Array(
        Type.Object(
          {
            requestId: Type.Integer(),
            kind: Type.String(),
            state: Type.String({ description: "open, complete or refused" }),
            changedAtMs: Type.Integer(),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);

const stationRow = {
  id: Type.String(),
  serial: Type.String(),
  site: textOrNull(),
  route: Type.String({ description: "site, direct or either" }),
  admission: Type.String({ description: "accepted, pending or blocked" }),
  connected: Type.Boolean(),
  version: textOrNull(),
  securityProfile: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "By which it came last: 1 or 2 with a password, 3 with a certificate.",
  }),
  dispensation: Type.Union([ref(DispensationView), Type.Null()]),
  seenAtMs: integerOrNull(),
  bootedAtMs: integerOrNull(),
  vendor: textOrNull(),
  model: textOrNull(),
  firmware: textOrNull(),
  powerW: integerOrNull(),
  powerAtMs: integerOrNull(),
  connectors: Type.Array(ref(ConnectorRow)),
};
export const StationRow = shape("StationRow", Type.Object(stationRow, closed));

export const StationDetail = shape(
  "StationDetail",
  Type.Object(
    {
      ...stationRow,
      handling: ref(Handling),
      deafSinceMs: Type.Unsafe<number | null>({
        type: ["integer", "null"],
        description: "Connected, and lets our calls time out since then; null for one that answers.",
      }),
      learned: Type.Array(ref(LearnedRow), { description: "With the firmware that it has now." }),
      deviations: Type.Array(ref(DeviationRow), { description: "The newest first." }),
    },
    closed,
  ),
);
