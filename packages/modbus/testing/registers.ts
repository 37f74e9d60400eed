/** A device that is 65,536 holding registers, and as many coils: for tests of masters, and the ground of simulated ones. */

import { exceptions } from "../exception.ts";
import { masked } from "../functions/change-registers.ts";
import { exceptionReply, type Reply, type Request } from "../pdu.ts";

export class RegisterBank {
  readonly registers = new Uint16Array(0x10000);
  readonly coils = new Uint8Array(0x10000);
  /** Reads outside are exception 02; everything is inside by default. */
  readonly within: (address: number, quantity: number) => boolean;

  constructor(within: (address: number, quantity: number) => boolean = () => true) {
    this.within = within;
  }

  answer(request: Request): Reply {
    switch (request.kind) {
      case "read-coils":
      case "read-discrete-inputs": {
        const { kind, address, quantity } = request;
        if (!this.within(address, quantity)) return exceptionReply(exceptions.illegalDataAddress);
        const bits = Array.from(this.coils.subarray(address, address + quantity), (coil) => coil === 1);
        return { kind, bits };
      }
      case "read-holding-registers":
      case "read-input-registers": {
        const { kind, address, quantity } = request;
        if (!this.within(address, quantity)) return exceptionReply(exceptions.illegalDataAddress);
        return { kind, registers: this.read(address, quantity) };
      }
      case "read-write-multiple-registers": {
        const { kind, read, write } = request;
        if (
          !this.within(read.address, read.quantity) ||
          !this.within(write.address, write.registers.length)
        ) {
          return exceptionReply(exceptions.illegalDataAddress);
        }
        this.registers.set(write.registers, write.address);
        return { kind, registers: this.read(read.address, read.quantity) };
      }
      default:
        return this.write(request);
    }
  }

  private write(request: Request): Reply {
    switch (request.kind) {
      case "write-single-coil":
        this.coils[request.address] = Number(request.on);
        return request;
      case "write-single-register":
        this.registers[request.address] = request.value;
        return request;
      case "mask-write-register":
        this.registers[request.address] = masked(this.registers[request.address] ?? 0, request);
        return request;
      case "write-multiple-coils":
        this.coils.set(request.bits.map(Number), request.address);
        return { kind: request.kind, address: request.address, quantity: request.bits.length };
      case "write-multiple-registers":
        this.registers.set(request.registers, request.address);
        return { kind: request.kind, address: request.address, quantity: request.registers.length };
      default:
        return exceptionReply(exceptions.illegalFunction);
    }
  }

  private read(address: number, quantity: number): number[] {
    return [...this.registers.subarray(address, address + quantity)];
  }
}
