/** Devices as commissioning found them, and what their owner lets a controller do: all that the default policy is made of. */
import type { PlacedModel } from "./sunspec-registers.ts";

/** A device as commissioning found it. */
export type CommissionedDevice = {
  readonly name: string;
  /** At the guard. */
  readonly unit: number;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly deviceUnit: number;
  readonly answerMsMax?: number;
  /** As discovery found them: `address` is that of the header, `length` counts the registers behind it. Empty for `plain` devices. */
  readonly models: readonly PlacedModel[];
  /** Absent: nothing of it is written but heartbeats. */
  readonly envelope?: Envelope;
  /**
   * What is no SunSpec: a `contactor` (coil 0, which may be opened, never closed), the grid operator's `control-box` (holding registers 0
   * to 3) or `relay` (discrete input 0), both read only.
   */
  readonly plain?: "contactor" | "control-box" | "relay";
};

/** What its owner lets a controller do. Watts; thousandths of the capacity. */
export type Envelope = {
  readonly chargeWMax: number;
  readonly dischargeWMax: number;
  readonly reservePermille: number;
  /** 1000 where it is absent. */
  readonly fullPermille?: number;
  /** Nameplate, which the per cents of 124 refer to; absent: the same as the greatest power. */
  readonly ratedChargeW?: number;
  readonly ratedDischargeW?: number;
  readonly rampWPerS: number;
  readonly dwellMs?: number;
  readonly reversalsPer10MinMax?: number;
  /** The time with which its revert was proven, where that is short: none that is shorter may be written. */
  readonly revertMs?: number;
  /** False: that its setpoints fall back was never proven, so it is told what is safe for ever, and nothing else (ADR 14). */
  readonly revertProven?: boolean;
};

/** Power can be asked of it. */
export const isStorage = ({ chargeWMax, dischargeWMax }: Envelope) => chargeWMax > 0 || dischargeWMax > 0;
