/** Meter values of 2.0.1 (MeterValueType, SampledValueType) as the one shape that transactions/reading.ts reads. */
import type { RequestOf } from "@wattward/ocpp";
import type { SampledAt } from "../transactions/reading.ts";

type MeterValue = RequestOf<"2.0.1", "MeterValues">["meterValue"][number];

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
