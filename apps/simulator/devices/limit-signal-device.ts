/**
 * The grid operator's control box: a heartbeat that counts, and a limit on controlled power.
 *
 *     0  heartbeat, uint16, up by one a second      1  1 where a limit holds, else 0      2..3  the limit, W, uint32
 */
import { exceptionReply, exceptions, type Reply, type Request } from "@wattward/modbus";
import type { Device } from "./sunspec-device.ts";

const REGISTERS = 4;

export class LimitSignalDevice implements Device {
  /** `undefined`: no limit. */
  limitW: number | undefined;
  /** Its heart stands still. */
  dead = false;
  private readonly nowMs: () => number;
  private lastBeat = 0;

  constructor({ nowMs }: { nowMs(): number }) {
    this.nowMs = nowMs;
  }

  answer(request: Request): Reply {
    if (request.kind !== "read-holding-registers") return exceptionReply(exceptions.illegalFunction);
    const { address, kind, quantity } = request;
    if (address + quantity > REGISTERS) return exceptionReply(exceptions.illegalDataAddress);
    if (!this.dead) this.lastBeat = Math.floor(this.nowMs() / 1000) % 0x1_0000;
    const watts = Math.round(this.limitW ?? 0);
    const all = [
      this.lastBeat,
      this.limitW === undefined ? 0 : 1,
      Math.floor(watts / 0x1_0000),
      watts % 0x1_0000,
    ];
    return { kind, registers: all.slice(address, address + quantity) };
  }
}
