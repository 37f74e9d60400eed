/** TriggerMessage (F06): what this station has no message for is NotImplemented (F06.FR.08). */
import type { EvseId } from "@wattward/kernel";
import type { Triggered } from "../../station/controls.ts";
import { answering201 } from "../answering.ts";

const triggered: Readonly<Record<string, Triggered | undefined>> = {
  BootNotification: "boot",
  Heartbeat: "heartbeat",
  MeterValues: "meter",
  StatusNotification: "status",
  TransactionEvent: "transaction",
};

export const triggerMessage = answering201("TriggerMessage", ({ evse, requestedMessage }, station) => {
  const what = triggered[requestedMessage];
  if (what === undefined) return { payload: { status: "NotImplemented" } };
  const agreed = station.trigger(what, evse === undefined ? undefined : (evse.id as EvseId));
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
