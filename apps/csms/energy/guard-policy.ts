/**
 * The Modbus guard's policy of a site document: its own, or that of its devices as they were commissioned. What a battery may be told
 * comes from what the document says of it, so nobody writes an envelope twice; the guard checks it by itself all the same.
 */
import type { Battery, Device, EnergyConfig } from "@wattward/energy";
import { type CommissionedDevice, type Envelope, type Policy, sunspecPolicy } from "@wattward/guard";
import type { ModbusDevice, SiteDocument } from "./site-document.ts";

/** The control loop keeps to the ramp by its own clock; what comes over a line is never quite as even. */
const RAMP_ROOM = 1.25;

/** Undefined where the document names no device: then nothing passes the guard. */
export function guardPolicyOf({
  energy,
  modbus = [],
  readers = [],
  guard,
}: SiteDocument): Policy | undefined {
  if (guard !== undefined) return guard;
  if (modbus.length === 0) return undefined;
  const devices = energy.devices.flatMap((device) => {
    const place = modbus.find((one) => one.device === device.id);
    return place === undefined ? [] : [commissioned(device, place, energy)];
  });
  return sunspecPolicy(devices, { readers });
}

function commissioned(
  { id, unit, is }: Device,
  { host, port, tls, deviceUnit, answerMsMax, models = [], ...rated }: ModbusDevice,
  { site }: EnergyConfig,
): CommissionedDevice {
  const device = { name: id, unit, host, port, tls, deviceUnit, models, ...(answerMsMax && { answerMsMax }) };
  switch (is.kind) {
    case "meter":
      return device;
    case "solar":
      // Curtailed where something says to how much; else nothing is written but heartbeats.
      return is.exportWMax === undefined ? device : { ...device, envelope: curtailed(is.source, site) };
    case "battery": {
      const battery = site.sources.find((source) => source.kind === "battery" && source.id === is.source);
      return battery?.kind === "battery" ? { ...device, envelope: envelopeOf(battery, rated) } : device;
    }
    case "contactor":
      return { ...device, plain: "contactor" };
    case "limit-signal":
      return { ...device, plain: is.relay === undefined ? "control-box" : "relay" };
  }
}

const noStorage: Envelope = { chargeWMax: 0, dischargeWMax: 0, reservePermille: 0, rampWPerS: 0 };

/** A limit that was found to stay for ever is none that may be written; one that was not tried is believed to fall away. */
function curtailed(id: string, { sources }: EnergyConfig["site"]): Envelope {
  const solar = sources.find((source) => source.kind === "solar" && source.id === id);
  return { ...noStorage, revertProven: solar?.revert?.kind !== "unproven", ...revertOf(solar?.revert) };
}

const revertOf = (revert: Battery["revert"] | undefined) =>
  revert?.kind === "proven" ? { revertMs: revert.afterMs } : {};

type Rated = Pick<ModbusDevice, "ratedChargeW" | "ratedDischargeW" | "dwellMs" | "reversalsPer10MinMax">;

const envelopeOf = (battery: Battery, rated: Rated): Envelope => ({
  chargeWMax: battery.chargeWMax,
  dischargeWMax: battery.dischargeWMax,
  reservePermille: battery.reservePermille,
  fullPermille: battery.fullPermille,
  rampWPerS: battery.rampWPerS * RAMP_ROOM,
  revertProven: battery.revert.kind === "proven",
  ...revertOf(battery.revert),
  ...(rated.ratedChargeW !== undefined && { ratedChargeW: rated.ratedChargeW }),
  ...(rated.ratedDischargeW !== undefined && { ratedDischargeW: rated.ratedDischargeW }),
  ...(rated.dwellMs !== undefined && { dwellMs: rated.dwellMs }),
  ...(rated.reversalsPer10MinMax !== undefined && { reversalsPer10MinMax: rated.reversalsPer10MinMax }),
});
