/**
 * Local answers to stations that speak OCPP 2.1 (Part 2): those of 2.0.1, what 2.1 answers otherwise, and what it adds.
 * A SEND has no row: nobody answers it, and the site keeps none (docs/local-controller.md).
 */
import { type Json, type JsonObject, rfc3339 } from "@wattward/kernel";
import { nothing, type Question, row, table } from "./row.ts";
import { rows2x } from "./rows-2.x.ts";

const rejected = () => ({ status: "Rejected" });

/** One `Failed` for each certificate that was asked about (M07): the station may ask again at once. */
function chainStatus({ payload, now }: Question): JsonObject {
  const asked = Array.isArray(payload.certificateStatusRequests) ? payload.certificateStatusRequests : [];
  const certificateStatus = (asked as readonly JsonObject[]).map(
    ({ certificateHashData, source }): Json => ({
      ...{ certificateHashData: certificateHashData ?? {}, source: source ?? "" },
      ...{ status: "Failed", nextUpdate: rfc3339(now.wallMs) },
    }),
  );
  return { certificateStatus };
}

const added = [
  // Who took which battery is what is billed (S01).
  row("BatterySwap", "billing", nothing, "`{}`"),
  row("ClosePeriodicEventStream", "status", nothing, "`{}`"),
  row("GetCertificateChainStatus", "relayed", chainStatus, "`Failed` for each certificate"),
  row("NotifyDERAlarm", "event", nothing, "`{}`"),
  row("NotifyDERStartStop", "event", nothing, "`{}`"),
  // K18.FR.04: no profile is to be waited for, and the energy transfer is not refused.
  row(
    "NotifyEVChargingNeeds",
    "relayed",
    () => ({ status: "NoChargingProfile" }),
    "`NoChargingProfile`: the car charges by what the station has",
  ),
  row("NotifyPriorityCharging", "status", nothing, "`{}`"),
  // Money that a terminal has taken, or has not (C21, C22).
  row("NotifySettlement", "billing", nothing, "`{}`"),
  // N11.FR.07: the station then tells the same by NotifyEvent, which is kept.
  row("OpenPeriodicEventStream", "relayed", rejected, "`Rejected`"),
  row("PullDynamicScheduleUpdate", "relayed", rejected, "`Rejected`"),
  row("ReportDERControl", "status", nothing, "`{}`"),
  row(
    "VatNumberValidation",
    "relayed",
    ({ payload: { vatNumber = "", evseId } }) => ({
      ...{ status: "Rejected", vatNumber },
      ...(evseId !== undefined && { evseId }),
    }),
    "`Rejected`, with the number asked about",
  ),
];

const otherwise = new Set(added.map(({ action }) => action));
export const table21 = table(
  [...rows2x(255).filter(({ action }) => !otherwise.has(action)), ...added].sort((a, b) =>
    a.action < b.action ? -1 : 1,
  ),
);
