/**
 * What another process of the site has seen, on its way to the CSMS: kinds that are its own to tell, and no more than its share of the
 * link. Whoever breaks into the energy controller or the guard can neither speak in the name of a station, a mode or the other, nor
 * drown what they have to say.
 */
import { type Clock, shown, TokenBucket } from "@wattward/kernel";
import { WITNESS_RATE } from "./limits.ts";

export type WitnessPorts = {
  readonly clock: Clock;
  /** The process, as people know it. */
  readonly name: string;
  /** Is this kind its to tell? */
  owns(kind: string): boolean;
  observe(kind: string, detail: string): void;
};

/** Some went untold: a witness that tells too much. */
export const LEFT_OUT = "observations-left-out";
/** Told in the place of an observation that was not its teller's to make. */
export const FORGED = "observation-refused";

export class Witness {
  private readonly ports: WitnessPorts;
  private readonly share: TokenBucket;
  private leftOut = 0;

  constructor(ports: WitnessPorts) {
    this.ports = ports;
    this.share = new TokenBucket(WITNESS_RATE, ports.clock.now().monotonicMs);
  }

  tell(kind: string, detail: string): void {
    const { clock, name, observe, owns } = this.ports;
    if (!this.share.take(clock.now().monotonicMs)) {
      this.leftOut++;
      return;
    }
    if (this.leftOut > 0) observe(LEFT_OUT, `${this.leftOut} that the ${name} told were too many`);
    this.leftOut = 0;
    if (owns(kind)) observe(kind, detail);
    else observe(FORGED, `the ${name} told of '${shown(kind)}', which is not its to tell`);
  }
}
