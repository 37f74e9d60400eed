/** GetBaseReport (B07): every variable in NotifyReport messages; there is no summary (B07.FR.02). */
import type { Listed } from "../../station/settings.ts";
import { answering201 } from "../answering.ts";
import { notifyReports } from "../variables.ts";

export const getBaseReport = answering201("GetBaseReport", ({ reportBase, requestId }, station) => {
  if (reportBase === "SummaryInventory") return { payload: { status: "NotSupported" } };
  const listed: readonly Listed[] = station.settings();
  return {
    payload: { status: "Accepted" },
    after: () => {
      for (const report of notifyReports(listed, requestId, station.timestamp())) station.send(report);
    },
  };
});
