/** The shapes of what stations told beside connectors and transactions. */
import { type Static, Type } from "typebox";
import type * as Port from "../core/port.ts";
import { closed, integerOrNull, jsonObject, type Same, shape, textOrNull } from "./shape.ts";

export const ToldRow = shape(
  "ToldRow",
  Type.Object(
    {
      subject: Type.String({
        description:
          "identity, firmware-update, log-upload, firmware-publication, charging-limit, ev-needs, ev-schedule, battery, priority-charging, display-message, der-alarm, der-control or der-running",
      }),
      about: Type.String({ description: "What of it, in the station's own numbers; empty for itself." }),
      version: Type.String(),
      body: jsonObject("In the words of the station's version."),
      ended: Type.Boolean({ description: "Told to be over." }),
      toldAtMs: Type.Integer(),
    },
    closed,
  ),
);

export const MonitorRow = shape(
  "MonitorRow",
  Type.Object(
    {
      id: Type.Integer(),
      component: Type.String(),
      variable: Type.String(),
      kind: Type.String({ description: "UpperThreshold, Delta, Periodic, …" }),
      value: Type.String({ description: "Threshold, step or seconds: decimal text." }),
      severity: Type.Integer({ description: "0 (danger) to 9 (debug)" }),
      toldAtMs: Type.Integer(),
    },
    closed,
  ),
);

export const StreamRow = shape(
  "StreamRow",
  Type.Object(
    {
      id: Type.Integer(),
      monitor: Type.Integer({ description: "The one whose values it carries." }),
      pending: Type.Integer({ description: "Values that the station had not sent yet." }),
      value: textOrNull(),
      valueAtMs: integerOrNull(),
    },
    closed,
  ),
);

export const SetAsideRow = shape(
  "SetAsideRow",
  Type.Object(
    {
      action: Type.String(),
      receivedAtMs: Type.Integer(),
      code: Type.String(),
      reason: Type.String(),
      message: Type.String({ description: "JSON, redacted." }),
      wireId: textOrNull("The transaction id that it was answered with."),
    },
    closed,
  ),
);

/** Each must be `true` to compile. */
export const agreements: {
  ToldRow: Same<Static<typeof ToldRow>, Port.ToldRow>;
  MonitorRow: Same<Static<typeof MonitorRow>, Port.MonitorRow>;
  StreamRow: Same<Static<typeof StreamRow>, Port.StreamRow>;
  SetAsideRow: Same<Static<typeof SetAsideRow>, Port.SetAsideRow>;
} = { ToldRow: true, MonitorRow: true, StreamRow: true, SetAsideRow: true };
