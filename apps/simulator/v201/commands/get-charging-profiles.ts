/** GetChargingProfiles (K09): ReportChargingProfiles, one for each EVSE that has matching ones; `tbc` but on the last. */
import type { Profile } from "../../charging/profile.ts";
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";
import { criteriaOf, type WireProfile } from "../charging-profile.ts";

/** Profiles in one message. */
const REPORTED_MAX = 4;

export const getChargingProfiles = answering201("GetChargingProfiles", (request, station) => {
  const { chargingProfile: criterion, evseId, requestId } = request;
  const criteria = criteriaOf(criterion, evseId);
  const ours = criterion.chargingLimitSource?.includes("CSO") ?? true;
  const found = criteria === undefined || !ours ? [] : station.profiles.list(criteria);
  if (found.length === 0) return { payload: { status: "NoProfiles" } };
  const parts = partsOf(found);
  return {
    payload: { status: "Accepted" },
    after: () => {
      for (const [i, part] of parts.entries()) station.send(report(part, requestId, i < parts.length - 1));
    },
  };
});

function partsOf(profiles: readonly Profile[]): (readonly Profile[])[] {
  const byEvse = Map.groupBy(profiles, ({ evse }) => evse);
  return [...byEvse.values()].flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / REPORTED_MAX) }, (_, i) =>
      list.slice(i * REPORTED_MAX, (i + 1) * REPORTED_MAX),
    ),
  );
}

const report = (part: readonly Profile[], requestId: number, tbc: boolean) =>
  calling<"2.0.1">()("ReportChargingProfiles", {
    ...{ requestId, tbc, chargingLimitSource: "CSO", evseId: part[0]?.evse ?? 0 },
    // As they came: the shelf changes nothing of them but a dynamic limit.
    chargingProfile: part.map(({ wire }) => wire) as unknown as [WireProfile, ...WireProfile[]],
  });
