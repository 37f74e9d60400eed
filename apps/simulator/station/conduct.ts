/**
 * How a station misbehaves while its firmware runs on as if nothing were: it does not hear, or its meter lies. Belongs to
 * the hardware: no restart changes it, only the end of the fault does.
 */
import { type EvseId, type WattHours, wattHours } from "@wattward/kernel";

type Lie = { readonly factor: number; readonly fromWh: Map<EvseId, number> };

export class Conduct {
  /** Commands are read and never answered; what the station itself says is as usual. */
  deaf = false;
  /** Charging profiles are accepted, told of, and change nothing. */
  ignoresLimits = false;
  /** It lets through so many times as much as its limit says. */
  exceedsBy = 1;
  private lie: Lie | undefined;

  /** From now on every meter moves `factor` times as fast as the energy: 0 stands still, below 0 runs backwards. */
  lieAbout(factor: number): void {
    this.lie = { factor, fromWh: new Map() };
  }

  /** What the hardware makes of the limit that the profiles come to, W. */
  heed(limitW: number): number {
    return this.ignoresLimits ? Number.POSITIVE_INFINITY : limitW * this.exceedsBy;
  }

  /** The meter is read right again: it jumps to the truth. */
  tellTruth(): void {
    this.lie = undefined;
  }

  /** What the meter shows when so much has passed it, in whole Wh. Never below 0: no register can be. */
  shown(evse: EvseId, registerWh: WattHours): WattHours {
    if (this.lie === undefined) return registerWh;
    const { factor, fromWh } = this.lie;
    const from = fromWh.get(evse) ?? registerWh;
    fromWh.set(evse, from);
    return wattHours(Math.max(0, Math.floor(from + (registerWh - from) * factor)));
  }
}
