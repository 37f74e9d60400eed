/** NotifyEvent (OCPP 2.0.1 N07.FR.01): what a station's monitors saw, each as an observation. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import { componentName, variableName } from "../stations/variables.ts";
import { headOf } from "../transactions/record.ts";

/** Events of one message that become observations: a monitor gone wild fills no outbox. */
const EVENTS_MAX = 50;

export const notifyEvent: Handler<RequestOf<"2.0.1", "NotifyEvent">> = async (tx, call) => {
  for (const event of call.payload.eventData.slice(0, EVENTS_MAX)) {
    observe(tx, {
      ...headOf(call),
      kind: "station.event",
      data: {
        component: componentName(event.component),
        variable: variableName(event.variable),
        value: clipped(event.actualValue),
        trigger: event.trigger,
      },
    });
  }
  return result<ResponseOf<"2.0.1", "NotifyEvent">>({});
};
