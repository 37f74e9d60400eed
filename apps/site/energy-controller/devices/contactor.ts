/**
 * A contactor above a fuse, as one coil: 1 closed, 0 open. It is opened where loads draw more than was declared and no station is
 * left to lower (bound (d) of the overload rule), and closed by people alone: whoever opened it does not know why the load is there.
 *
 * How long an overload may last follows a fuse's own I²t: (load² − 1) · time, with the load as a part of the rating.
 */
import type { FuseId } from "@wattward/energy";
import type { ModbusClient } from "@wattward/modbus";
import { troubleOf } from "./limit-signal.ts";
import type { Trouble } from "./trouble.ts";

const COIL = 0;
/** Seconds of (load² − 1): 8 s at 1.5 times the rating, 3.3 s at twice, a minute at 1.08. Every gG fuse carries that. */
const OPENS_AT = 10;
/** Below the rating what was counted is forgotten at this pace. */
const COOLS_PER_S = 0.2;

export class ContactorDriver {
  readonly fuse: FuseId;
  /** Unknown before the first answer. */
  closed: boolean | undefined;
  private readonly client: ModbusClient;
  private readonly unit: number;
  private heat = 0;
  private lastMs: number | undefined;
  private opening = false;

  constructor(client: ModbusClient, unit: number, fuse: FuseId) {
    this.client = client;
    this.unit = unit;
    this.fuse = fuse;
  }

  /** `load`: highest phase's part of the rating; absent where nobody measures it. True at the moment when it is to open. */
  see(load: number | undefined, nowMs: number): boolean {
    const spanS = Math.min(1, (nowMs - (this.lastMs ?? nowMs)) / 1000);
    this.lastMs = nowMs;
    if (load === undefined || !Number.isFinite(load)) return false;
    this.heat = load > 1 ? this.heat + (load ** 2 - 1) * spanS : Math.max(0, this.heat - COOLS_PER_S * spanS);
    if (this.opening || this.closed === false || this.heat < OPENS_AT) return false;
    this.opening = true;
    return true;
  }

  async poll(): Promise<Trouble | undefined> {
    if (this.opening) {
      const opened = await this.client.request(this.unit, {
        kind: "write-single-coil",
        address: COIL,
        on: false,
      });
      if (opened.kind !== "response") return troubleOf(opened);
    }
    const outcome = await this.client.request(this.unit, { kind: "read-coils", address: COIL, quantity: 1 });
    if (outcome.kind !== "response") return troubleOf(outcome);
    this.closed = outcome.response.bits[0] === true;
    if (!this.closed) {
      this.opening = false;
      this.heat = 0;
    }
    return undefined;
  }
}
