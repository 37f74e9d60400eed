/**
 * OCPP 2.1 (edition 1): the wording of a Charging Station, where it is another than 2.0.1's. Transactions are told as
 * there; states of connectors by NotifyEvent, which 2.1 prefers (G01), or by StatusNotification as the station is set.
 */
import { rfc3339 } from "@wattward/kernel";
import type { Dialect } from "../station/dialect.ts";
import { calling } from "../station/typed.ts";
import { dialect201 } from "../v201/dialect.ts";
import { commands21 } from "./commands.ts";
import { evNeeds } from "./ev-needs.ts";
import { priorityCharging } from "./priority-charging.ts";

const call = calling<"2.1">();

export const dialect21: Dialect = {
  ...dialect201,
  version: "2.1",
  statusEvent: (evse, state, { atMs, eventId }) =>
    call("NotifyEvent", {
      generatedAt: rfc3339(atMs),
      seqNo: 0,
      eventData: [
        {
          ...{ eventId, timestamp: rfc3339(atMs), trigger: "Delta", actualValue: dialect201.word(state) },
          eventNotificationType: "HardWiredNotification",
          component: { name: "Connector", evse: { id: evse, connectorId: 1 } },
          variable: { name: "AvailabilityState" },
        },
      ],
    }),
  priorityCharging,
  evNeeds,
  streams: {
    open: (id, variableMonitoringId, { intervalS: interval, values }) =>
      call("OpenPeriodicEventStream", {
        constantStreamData: { id, variableMonitoringId, params: { interval, values } },
      }),
    close: (id) => call("ClosePeriodicEventStream", { id }),
    data: ({ baseMs, id, pending, values }) => ({
      action: "NotifyPeriodicEventStream",
      payload: {
        ...{ id, pending, basetime: rfc3339(baseMs) },
        data: values.map(({ atMs, value }) => ({ t: (atMs - baseMs) / 1000, v: value })),
      },
    }),
    readOpened: ({ status }) => status === "Accepted",
  },
  commands: commands21,
};
