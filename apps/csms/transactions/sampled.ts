/** Meter values of 2.x (MeterValueType, SampledValueType) as the one shape that reading.ts reads. */
import type { RequestOf } from "@wattward/ocpp";
import type { Version2 } from "../core/call.ts";
import type { SampledAt } from "./reading.ts";

type MeterValue = RequestOf<Version2, "MeterValues">["meterValue"][number];

export const sampledAt = ({ timestamp, sampledValue }: MeterValue): SampledAt => ({
  timestamp,
  sampledValue: sampledValue.map((sampled) => ({
    value: sampled.value,
    context: sampled.context,
    measurand: sampled.measurand,
    phase: sampled.phase,
    location: sampled.location,
    unit: sampled.unitOfMeasure?.unit,
    multiplier: sampled.unitOfMeasure?.multiplier,
    signed: sampled.signedMeterValue,
  })),
});
