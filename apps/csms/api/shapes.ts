/**
 * The shapes that leave by the API: one JSON schema for each answer of {@link Queries}, named as its type. The types
 * in core/port.ts are the source; `agreements` below does not compile when a schema and its type drift apart.
 * Instants are milliseconds since 1970 UTC, power W, energy Wh, all whole numbers; unknown is null, never zero.
 */
import type { JsonObject } from "@wattward/kernel";
import { type Static, Type } from "typebox";
import type * as Port from "../core/port.ts";
import {
  type ConnectorRow,
  type DeviationRow,
  type LearnedRow,
  type StationDetail,
  type StationHolds,
  StationRow,
  type VariableRow,
} from "./fleet-shapes.ts";
import { closed, integerOrNull, jsonObject, ref, type Same, shape, textOrNull } from "./shape.ts";

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
