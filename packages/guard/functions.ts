/** Function codes as the guard knows them: what reads, what writes, what passes for nobody. */
import type { Request } from "@wattward/modbus";

/** What a rule may name. 43 is the device's identification alone (MEI 14). */
export const rulable: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 7, 11, 12, 15, 16, 17, 20, 22, 23, 24, 43,
]);
/** Those that write; each register written needs a bound. */
export const writing: ReadonlySet<number> = new Set([5, 6, 15, 16, 22, 23]);
/** Whether a request of this function is to change something, whatever becomes of it. */
export const changes = (code: number): boolean => writing.has(code) || code === 8 || code === 21;
/** Those that learning lets pass. */
export const learnable: ReadonlySet<number> = new Set([1, 2, 3, 4, 43]);

/**
 * 8 restarts a device's communication, or has it listen only (AT-M12); 21 writes what has no address that a rule could bound; 43/13 is
 * another protocol. No rule can name them.
 */
export const passesForNobody = ({ kind }: Request): boolean =>
  kind === "diagnostics" || kind === "write-file-record" || kind === "canopen-general-reference";

/** First and last address of what is read, in its table; file numbers of a file read; undefined where there is no address. */
export function readSpan(request: Request): { readonly from: number; readonly to: number } | undefined {
  switch (request.kind) {
    case "read-coils":
    case "read-discrete-inputs":
    case "read-holding-registers":
    case "read-input-registers":
      return { from: request.address, to: request.address + request.quantity - 1 };
    case "read-write-multiple-registers":
      return { from: request.read.address, to: request.read.address + request.read.quantity - 1 };
    case "read-fifo-queue":
      return { from: request.address, to: request.address };
    case "read-file-record": {
      const files = request.records.map(({ file }) => file);
      return { from: Math.min(...files), to: Math.max(...files) };
    }
    default:
      return undefined;
  }
}

/** First and last address of what is written. */
export function writeSpan(request: Request): { readonly from: number; readonly to: number } | undefined {
  switch (request.kind) {
    case "write-single-coil":
    case "write-single-register":
    case "mask-write-register":
      return { from: request.address, to: request.address };
    case "write-multiple-coils":
      return { from: request.address, to: request.address + request.bits.length - 1 };
    case "write-multiple-registers":
      return { from: request.address, to: request.address + request.registers.length - 1 };
    case "read-write-multiple-registers":
      return {
        from: request.write.address,
        to: request.write.address + request.write.registers.length - 1,
      };
    default:
      return undefined;
  }
}
