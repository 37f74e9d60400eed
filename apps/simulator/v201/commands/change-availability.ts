/** ChangeAvailability (G03, G04): of an EVSE, or without one of the whole station. */
import type { EvseId } from "@wattward/kernel";
import { answering201 } from "../answering.ts";

const statuses = { accepted: "Accepted", scheduled: "Scheduled", rejected: "Rejected" } as const;

export const changeAvailability = answering201("ChangeAvailability", async (request, station) => {
  const { evse, operationalStatus } = request;
  const id = evse === undefined ? 0 : (evse.id as EvseId);
  const result = await station.setAvailability(id, operationalStatus === "Operative");
  return { payload: { status: statuses[result] }, after: () => station.tellChanges() };
});
