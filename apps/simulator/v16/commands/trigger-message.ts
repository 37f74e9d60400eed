/**
 * TriggerMessage (1.6 §5.17) and ExtendedTriggerMessage (security whitepaper §4.3): what this station has no message for
 * is NotImplemented. How a log's upload or an update goes is told as it is, or that there is none.
 */
import type { EvseId } from "@wattward/kernel";
import type { Agreed, Controls, Triggered } from "../../station/controls.ts";
import type { OutCall } from "../../station/dialect.ts";
import type { Errand } from "../../station/errands.ts";
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const call = calling<"1.6">();
const triggered: Readonly<Record<string, Triggered | undefined>> = {
  BootNotification: "boot",
  Heartbeat: "heartbeat",
  MeterValues: "meter",
  StatusNotification: "status",
};
type Told = { readonly errand: Errand; readonly idle: OutCall };
const told: Readonly<Record<string, Told | undefined>> = {
  DiagnosticsStatusNotification: {
    errand: "diagnostics",
    idle: call("DiagnosticsStatusNotification", { status: "Idle" }),
  },
  FirmwareStatusNotification: {
    errand: "firmware",
    idle: call("FirmwareStatusNotification", { status: "Idle" }),
  },
};
/** In the extension the firmware's status is the signed update's. */
const toldByExtension: Readonly<Record<string, Told | undefined>> = {
  FirmwareStatusNotification: {
    errand: "signed-firmware",
    idle: call("SignedFirmwareStatusNotification", { status: "Idle" }),
  },
  LogStatusNotification: { errand: "log", idle: call("LogStatusNotification", { status: "Idle" }) },
};

type Request = { readonly connectorId?: number; readonly requestedMessage: string };

function agreedTo({ connectorId, requestedMessage }: Request, station: Controls, extended: boolean) {
  const errand = (extended ? toldByExtension : told)[requestedMessage];
  if (errand !== undefined) return () => station.send(station.errands.now(errand.errand) ?? errand.idle);
  const what = triggered[requestedMessage];
  if (what === undefined) return "not-implemented";
  return station.trigger(what, connectorId === undefined ? undefined : (connectorId as EvseId));
}

function answer(agreed: Agreed | "not-implemented") {
  if (agreed === "not-implemented") return { payload: { status: "NotImplemented" } } as const;
  if (agreed === undefined) return { payload: { status: "Rejected" } } as const;
  return { payload: { status: "Accepted" }, after: agreed } as const;
}

export const triggerMessage = answering16("TriggerMessage", (request, station) =>
  answer(agreedTo(request, station, false)),
);

export const extendedTriggerMessage = answering16("ExtendedTriggerMessage", (request, station) =>
  answer(agreedTo(request, station, true)),
);
