/** TriggerMessage (1.6 §5.17): what this station has no message for is NotImplemented. */
import type { EvseId } from "@wattward/kernel";
import type { Triggered } from "../../station/controls.ts";
import { answering16 } from "../answering.ts";

const triggered: Readonly<Record<string, Triggered | undefined>> = {
  BootNotification: "boot",
  Heartbeat: "heartbeat",
  MeterValues: "meter",
  StatusNotification: "status",
};

export const triggerMessage = answering16("TriggerMessage", ({ connectorId, requestedMessage }, station) => {
  const what = triggered[requestedMessage];
  if (what === undefined) return { payload: { status: "NotImplemented" } };
  const agreed = station.trigger(what, connectorId === undefined ? undefined : (connectorId as EvseId));
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
