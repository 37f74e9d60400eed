/** One master on one device: its functions, its addresses, the exceptions that it gets. */
import { functionCode, type Request } from "@wattward/modbus";
import { readSpan, writeSpan } from "../functions.ts";
import { EXCEPTION_STORM, FUNCTION_SCAN, REGISTER_SCAN } from "./limits.ts";
import { CountWindow, DistinctWindow, type Frame } from "./windows.ts";

/** Runs of addresses beside each other, the latest. */
const RUNS_MAX = 4;

/** Frames that together are something; absent where they are not (yet). */
export type Found = readonly Frame[] | undefined;

export class PairWatch {
  private readonly functions = new DistinctWindow(FUNCTION_SCAN.distinct, FUNCTION_SCAN.withinMs);
  private readonly runs = new AddressRuns();
  private readonly refusedFunctions = new CountWindow(FUNCTION_SCAN.refusals, FUNCTION_SCAN.withinMs);
  private readonly refusedAddresses = new CountWindow(REGISTER_SCAN.refusals, REGISTER_SCAN.withinMs);
  private readonly addresses = new DistinctWindow(REGISTER_SCAN.refusals, REGISTER_SCAN.withinMs);
  private readonly busy = new CountWindow(EXCEPTION_STORM.busy, EXCEPTION_STORM.withinMs);
  private readonly others = new CountWindow(EXCEPTION_STORM.others, EXCEPTION_STORM.withinMs);

  asksFunction(code: number, frame: Frame): Found {
    return this.functions.add(code, frame);
  }

  asksAddress(request: Request, frame: Frame): Found {
    return this.runs.add(request, frame);
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

type Span = NonNullable<ReturnType<typeof readSpan>>;

/**
 * Requests of one function that each begin where the last ended, or one further: nobody polls like that for long. A few of them beside each
 * other, for who scans may have other work on the same device.
 */
class AddressRuns {
  private runs: AddressRun[] = [];

  add(request: Request, frame: Frame): Found {
    const span = writeSpan(request) ?? readSpan(request);
    if (span === undefined) return undefined;
    const code = functionCode(request.kind);
    const run = this.runs.find((one) => one.goesOn(code, span)) ?? new AddressRun(code);
    this.runs = [run, ...this.runs.filter((one) => one !== run)].slice(0, RUNS_MAX);
    return run.add(span, frame);
  }
}

class AddressRun {
  private readonly code: number;
  private span: Span = { from: -1, to: -2 };
  private frames: Frame[] = [];

  constructor(code: number) {
    this.code = code;
  }

  /** Also by asking the same again: that is no step, and begins no other run. */
  goesOn(code: number, { from, to }: Span): boolean {
    if (code !== this.code) return false;
    return from === this.span.to + 1 || from === this.span.from + 1 || this.isAgain({ from, to });
  }

  add(span: Span, frame: Frame): Found {
    if (this.isAgain(span)) return undefined;
    this.span = span;
    this.frames.push(frame);
    if (this.frames.length > REGISTER_SCAN.run) this.frames.shift();
    return this.frames.length >= REGISTER_SCAN.run ? this.frames : undefined;
  }

  private isAgain({ from, to }: Span): boolean {
    return from === this.span.from && to === this.span.to;
  }
}
