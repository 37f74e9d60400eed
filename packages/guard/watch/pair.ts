/** One master on one device: its functions, its addresses, the exceptions that it gets. */
import { functionCode, type Request } from "@wattward/modbus";
import { readSpan, writeSpan } from "../functions.ts";
import { EXCEPTION_STORM, FUNCTION_SCAN, REGISTER_SCAN } from "./limits.ts";
import { CountWindow, DistinctWindow, type Frame } from "./windows.ts";

/** Frames that together are something; absent where they are not (yet). */
export type Found = readonly Frame[] | undefined;

export class PairWatch {
  private readonly functions = new DistinctWindow(FUNCTION_SCAN.distinct, FUNCTION_SCAN.withinMs);
  private readonly run = new AddressRun();
  private readonly refusedFunctions = new CountWindow(FUNCTION_SCAN.refusals, FUNCTION_SCAN.withinMs);
  private readonly refusedAddresses = new CountWindow(REGISTER_SCAN.refusals, REGISTER_SCAN.withinMs);
  private readonly addresses = new DistinctWindow(REGISTER_SCAN.refusals, REGISTER_SCAN.withinMs);
  private readonly busy = new CountWindow(EXCEPTION_STORM.busy, EXCEPTION_STORM.withinMs);
  private readonly others = new CountWindow(EXCEPTION_STORM.others, EXCEPTION_STORM.withinMs);

  asksFunction(code: number, frame: Frame): Found {
    return this.functions.add(code, frame);
  }

  asksAddress(request: Request, frame: Frame): Found {
    return this.run.add(request, frame);
  }

  /** Of a function that is refused whatever its address, other addresses each time are what is looked for. */
  refusedFunction(request: Request, frame: Frame): Found {
    const span = writeSpan(request) ?? readSpan(request);
    return span && this.addresses.add(span.from, frame);
  }

  /** An exception, of the device or of the guard: what its code, if it comes often, is a sign of. */
  excepted(
    code: number,
    frame: Frame,
  ): { readonly of: "function-scan" | "register-scan" | "exception-storm"; readonly found: Found } {
    if (code === 1) return { of: "function-scan", found: this.refusedFunctions.add(frame) };
    if (code === 2) return { of: "register-scan", found: this.refusedAddresses.add(frame) };
    const window = code === 5 || code === 6 ? this.busy : this.others;
    return { of: "exception-storm", found: window.add(frame) };
  }
}

/** Requests of one function that each begin where the last ended, or one further: nobody polls like that for long. */
class AddressRun {
  private code = 0;
  private from = -1;
  private next = -1;
  private frames: Frame[] = [];

  add(request: Request, frame: Frame): Found {
    const code = functionCode(request.kind);
    const span = writeSpan(request) ?? readSpan(request);
    if (span === undefined) return undefined;
    const follows = code === this.code && (span.from === this.next || span.from === this.from + 1);
    if (!follows) this.frames = [];
    this.code = code;
    this.from = span.from;
    this.next = span.to + 1;
    this.frames.push(frame);
    if (this.frames.length > REGISTER_SCAN.run) this.frames.shift();
    return this.frames.length >= REGISTER_SCAN.run ? this.frames : undefined;
  }
}
