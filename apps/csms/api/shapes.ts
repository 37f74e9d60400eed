/**
 * The shapes that leave by the API: one JSON schema for each answer of {@link Queries}, named as its type. The types
 * in core/port.ts are the source; `agreements` below does not compile when a schema and its type drift apart.
 * Instants are milliseconds since 1970 UTC, power W, energy Wh, all whole numbers; unknown is null, never zero.
 */
import type { JsonObject } from "@wattward/kernel";
import { type Static, type TSchema, Type } from "typebox";
import type * as Port from "../core/port.ts";

/** A schema with a name of its own in the OpenAPI document. */
export type Shape<T extends TSchema = TSchema> = T & { readonly $id: string };

/** All named schemas, in order of definition: what the server registers. */
export const shapes: Shape[] = [];

/** Names a schema; to be called while modules load, before the server is made. */
export function shape<T extends TSchema>(name: string, schema: T): Shape<T> {
  const named = { $id: name, ...schema } as Shape<T>;
  shapes.push(named);
  return named;
}

/** Refers to a shape by its name, and keeps its static type. */
export const ref = <T extends TSchema>(to: Shape<T>) =>
  Type.Unsafe<Frozen<Static<T>>>({ $ref: `${to.$id}#` });

/** Many of a shape, as one answer. */
export const listOf = <T extends TSchema>(of: Shape<T>) =>
  Type.Unsafe<readonly Frozen<Static<T>>[]>(Type.Array(ref(of)));

const closed = { additionalProperties: false } as const;
export const jsonObjectOrNull = (description?: string) =>
  Type.Unsafe<JsonObject | null>({
    type: ["object", "null"],
    additionalProperties: true,
    ...(description !== undefined && { description }),
  });
export const integerOrNull = (description?: string) =>
  Type.Unsafe<number | null>({
    type: ["integer", "null"],
    ...(description !== undefined && { description }),
  });
export const textOrNull = (description?: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], ...(description !== undefined && { description }) });
export const jsonObject = (description: string) =>
  Type.Unsafe<JsonObject>({ type: "object", additionalProperties: true, description });

const siteRow = {
  id: Type.String(),
  connected: Type.Boolean({ description: "The site link is open." }),
  seenAtMs: integerOrNull(),
  stations: Type.Integer(),
  stationsConnected: Type.Integer(),
  charging: Type.Integer({ description: "Open transactions." }),
  powerW: integerOrNull(),
};
export const SiteRow = shape("SiteRow", Type.Object(siteRow, closed));

export const MessageRow = shape(
  "MessageRow",
  Type.Object(
    {
      id: Type.Integer({ description: "Grows with time; go on with the last one's." }),
      station: Type.String(),
      atMs: Type.Integer({ description: "When it was written down here." }),
      receivedAtMs: Type.Integer({ description: "When it was received or sent, here or at its site." }),
      sender: Type.Unsafe<"station" | "csms">({ type: "string", enum: ["station", "csms"] }),
      route: Type.String({ description: "direct, or site and its name." }),
      version: Type.String(),
      kind: Type.String({ description: "call, result, error, send, result-error or unreadable." }),
      action: textOrNull(),
      messageId: textOrNull(),
      trace: textOrNull(),
      verdict: Type.String({
        description: "valid, repaired or refused; sent, or local where its site answered.",
      }),
      chars: Type.Integer({ description: "Length of the frame as it was." }),
      frame: Type.String({
        description: "Redacted: without secrets, cards but for their end, and personal data.",
      }),
    },
    closed,
  ),
);

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

export const transactionRow = {
  id: Type.String(),
  wireId: Type.String({ description: "By which its station knows it." }),
  site: textOrNull(),
  station: Type.String(),
  evse: Type.Integer(),
  token: textOrNull("Masked: at most its last four characters."),
  state: Type.String({ description: "open, ended or partial" }),
  startedAtMs: integerOrNull(),
  endedAtMs: integerOrNull(),
  energyWh: integerOrNull("So far while open, final when ended; negative where a register fell."),
  powerW: integerOrNull(),
  powerAtMs: integerOrNull(),
  stopReason: textOrNull(),
  offline: Type.Boolean({ description: "Any part of it was answered by the site, or came from a queue." }),
  review: textOrNull("Why a person should look at it: codes with commas between."),
};
export const TransactionRow = shape("TransactionRow", Type.Object(transactionRow, closed));

export const OutboxEntry = shape(
  "OutboxEntry",
  Type.Object(
    {
      seq: Type.Integer({ description: "Gap-free, in order of commit." }),
      atMs: Type.Integer(),
      source: Type.String(),
      kind: Type.String(),
      station: Type.Optional(Type.String()),
      site: Type.Optional(Type.String()),
      cause: Type.Optional(Type.String()),
      trace: Type.Optional(Type.String()),
      live: Type.Boolean({
        description: "false for what was replayed: history, which raises no live alarm.",
      }),
      data: jsonObject("Depends on kind."),
    },
    closed,
  ),
);

export const SiteSnapshot = shape(
  "SiteSnapshot",
  Type.Object(
    {
      seq: Type.Integer({ description: "Events after this sequence bring the snapshot up to date." }),
      site: Type.Object({ ...siteRow, clockQuality: textOrNull(), bundleVersion: Type.Integer() }, closed),
      stations: Type.Array(ref(StationRow)),
      transactions: Type.Array(ref(TransactionRow)),
      recent: Type.Array(ref(OutboxEntry)),
    },
    closed,
  ),
);

export const PowerPoint = shape(
  "PowerPoint",
  Type.Object({ atMs: Type.Integer(), powerW: integerOrNull() }, closed),
);

export const CommandRow = shape(
  "CommandRow",
  Type.Object(
    {
      id: Type.String(),
      site: textOrNull(),
      station: Type.String(),
      action: Type.String(),
      payload: jsonObject("In the words of the station's own version; redacted."),
      actor: Type.String({ description: "Who asked: GET /people/names has the names." }),
      reason: Type.String(),
      state: Type.String({ description: "requested, sent, accepted, refused, failed, expired or unknown" }),
      requestedAtMs: Type.Integer(),
      expiresAtMs: Type.Integer(),
      sentAtMs: integerOrNull(),
      endedAtMs: integerOrNull(),
      outcome: Type.Unsafe<JsonObject | null>({ type: ["object", "null"], additionalProperties: true }),
    },
    closed,
  ),
);

export const DenialRow = shape(
  "DenialRow",
  Type.Object(
    {
      kind: Type.Union([Type.Literal("serial"), Type.Literal("key")]),
      issuer: Type.String({ description: "Empty for a key." }),
      value: Type.String({ description: "Serial number, or SHA-256 of the key: lower-case hexadecimal." }),
      reason: Type.String(),
      addedAtMs: Type.Integer(),
    },
    closed,
  ),
);

export const Me = shape(
  "Me",
  Type.Object(
    {
      person: Type.String(),
      name: Type.String(),
      role: Type.String(),
      session: Type.String({ description: "Of this session or token, as GET /people lists it." }),
      csrf: Type.String({
        description:
          "To be sent as header x-wattward-csrf with every request that changes something; empty for tokens.",
      }),
    },
    closed,
  ),
);

/** RFC 9457. */
export const Problem = shape(
  "Problem",
  Type.Object(
    {
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      code: Type.String({ description: "Stable, for programs." }),
      detail: Type.Optional(Type.String()),
      field: Type.Optional(Type.String({ description: "JSON pointer of the field that is wrong." })),
    },
    closed,
  ),
);

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
/** `true` where the two are one type, however deep. */
export type Same<A, B> = [Frozen<A>] extends [Frozen<B>]
  ? [Frozen<B>] extends [Frozen<A>]
    ? true
    : false
  : false;

/** Each must be `true` to compile. */
export const agreements: {
  SiteRow: Same<Static<typeof SiteRow>, Port.SiteRow>;
  ConnectorRow: Same<Static<typeof ConnectorRow>, Port.ConnectorRow>;
  StationRow: Same<Static<typeof StationRow>, Port.StationRow>;
  StationDetail: Same<Static<typeof StationDetail>, Port.StationDetail>;
  MessageRow: Same<Static<typeof MessageRow>, Port.MessageRow>;
  DeviationRow: Same<Static<typeof DeviationRow>, Port.DeviationRow>;
  TransactionRow: Same<Static<typeof TransactionRow>, Port.TransactionRow>;
  OutboxEntry: Same<Static<typeof OutboxEntry>, Port.OutboxEntry>;
  SiteSnapshot: Same<Static<typeof SiteSnapshot>, Port.SiteSnapshot>;
  PowerPoint: Same<Static<typeof PowerPoint>, Port.PowerPoint>;
  VariableRow: Same<Static<typeof VariableRow>, Port.VariableRow>;
  StationHolds: Same<Static<typeof StationHolds>, Port.StationHolds>;
  LearnedRow: Same<Static<typeof LearnedRow>, Port.LearnedRow>;
  CommandRow: Same<Static<typeof CommandRow>, Port.CommandRow>;
  DenialRow: Same<Static<typeof DenialRow>, Port.DenialRow>;
} = {
  SiteRow: true,
  ConnectorRow: true,
  StationRow: true,
  StationDetail: true,
  MessageRow: true,
  DeviationRow: true,
  TransactionRow: true,
  OutboxEntry: true,
  SiteSnapshot: true,
  PowerPoint: true,
  VariableRow: true,
  StationHolds: true,
  LearnedRow: true,
  CommandRow: true,
  DenialRow: true,
};
