/** A contactor above a fuse, as one coil: 1 closed, 0 open. */
import { exceptionReply, exceptions, type Reply, type Request } from "@wattward/modbus";
import type { Device } from "./sunspec-device.ts";

export class ContactorDevice implements Device {
  private readonly fuse: string;
  private readonly open: Set<string>;

  /** `open`: the fuses below which nothing has power. */
  constructor(fuse: string, open: Set<string>) {
    this.fuse = fuse;
    this.open = open;
  }

  answer(request: Request): Reply {
    if (request.kind === "read-coils") {
      if (request.address !== 0 || request.quantity !== 1)
        return exceptionReply(exceptions.illegalDataAddress);
      return { kind: request.kind, bits: [!this.open.has(this.fuse)] };
    }
    if (request.kind !== "write-single-coil") return exceptionReply(exceptions.illegalFunction);
    if (request.address !== 0) return exceptionReply(exceptions.illegalDataAddress);
    if (request.on) this.open.delete(this.fuse);
    else this.open.add(this.fuse);
    return request;
  }
}
