/** NotifyEVChargingNeeds of a car that gives back (2.1 Q01.FR.03; ISO 15118-20, AC both ways): its wish, and what it keeps. */
import type { EvseId } from "@wattward/kernel";
import { rfc3339 } from "@wattward/kernel";
import type { Car } from "../car/car.ts";
import type { OutCall } from "../station/dialect.ts";
import { calling } from "../station/typed.ts";

export function evNeeds(evse: EvseId, { facts, socPercent }: Car): OutCall {
  const { capacityWh, gives, maxW, wants } = facts;
  const upToWh = (percent: number) => Math.round(((percent - socPercent) * capacityWh) / 100);
  const keepsWh = upToWh(gives?.keepsPercent ?? 0);
  return calling<"2.1">()("NotifyEVChargingNeeds", {
    evseId: evse,
    chargingNeeds: {
      requestedEnergyTransfer: "AC_BPT",
      controlMode: "DynamicControl",
      ...(wants !== undefined && { departureTime: rfc3339(wants.leavesAtMs) }),
      v2xChargingParameters: {
        ...{ maxChargePower: maxW, maxDischargePower: gives?.maxW ?? 0 },
        ...{ evMinEnergyRequest: keepsWh, evMinV2XEnergyRequest: keepsWh },
        evTargetEnergyRequest: upToWh(wants?.percent ?? 100),
      },
    },
  });
}
