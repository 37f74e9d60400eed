/** GetBaseReport (B07): all variables, those that can be set, or how the parts stand (B07.FR.01, .02, .09). */
import { answering201 } from "../answering.ts";
import { deviceModel, type Entry, notifyReports } from "../variables.ts";

const bases: Readonly<Record<string, (entry: Entry) => boolean>> = {
  FullInventory: () => true,
  ConfigurationInventory: ({ readonly }) => !readonly,
  SummaryInventory: ({ variable }) => variable.name === "AvailabilityState" || variable.name === "Problem",
};

export const getBaseReport = answering201("GetBaseReport", ({ reportBase, requestId }, station) => {
  const wanted = bases[reportBase];
  if (wanted === undefined) return { payload: { status: "NotSupported" } };
  const reports = notifyReports(deviceModel(station).filter(wanted), requestId, station.timestamp());
  return {
    payload: { status: "Accepted" },
    after: () => {
      for (const report of reports) station.send(report);
    },
  };
});
