/**
 * TriggerMessage (F06): what this station has no message for is NotImplemented (F06.FR.08). How a log's upload or an
 * update goes is told as it is, or that there is none (F06.FR.14 to .16).
 */
import type { EvseId } from "@wattward/kernel";
import type { Triggered } from "../../station/controls.ts";
import type { OutCall } from "../../station/dialect.ts";
import type { Errand } from "../../station/errands.ts";
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

const call = calling<"2.0.1">();
const triggered: Readonly<Record<string, Triggered | undefined>> = {
  BootNotification: "boot",
  Heartbeat: "heartbeat",
  MeterValues: "meter",
  StatusNotification: "status",
  TransactionEvent: "transaction",
};
const told: Readonly<Record<string, { readonly errand: Errand; readonly idle: OutCall } | undefined>> = {
  FirmwareStatusNotification: {
    errand: "firmware",
    idle: call("FirmwareStatusNotification", { status: "Idle" }),
  },
  LogStatusNotification: { errand: "log", idle: call("LogStatusNotification", { status: "Idle" }) },
};

export const triggerMessage = answering201("TriggerMessage", ({ evse, requestedMessage }, station) => {
  const errand = told[requestedMessage];
  if (errand !== undefined) {
    const now = () => station.send(station.errands.now(errand.errand) ?? errand.idle);
    return { payload: { status: "Accepted" }, after: now };
  }
  const what = triggered[requestedMessage];
  if (what === undefined) return { payload: { status: "NotImplemented" } };
  // F06.FR.17: the last boot was accepted.
  if (what === "boot" && station.accepted) return { payload: { status: "Rejected" } };
  const agreed = station.trigger(what, evse === undefined ? undefined : (evse.id as EvseId));
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
