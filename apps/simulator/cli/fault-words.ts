/** A fault as people and programs ask for it, seconds in their words; the same for command line and control lines. */
import { failed, ok, type Result } from "@wattward/kernel";
import { type Fault, faultNames } from "../world/fault.ts";

/** A fault, and whom it is to befall; by chance where nobody is named. */
export type Wish = { readonly fault: Fault; readonly station: string | undefined };

export type FaultWords = {
  readonly what: unknown;
  readonly for?: unknown;
  readonly by?: unknown;
  readonly station?: unknown;
};

const SECONDS_MAX = 86_400;
/** Ten years: a clock can be that wrong. */
const JUMP_SECONDS_MAX = 315_360_000;

export function readFault(words: FaultWords): Result<Wish, string> {
  const what = faultNames.find((name) => name === words.what);
  if (what === undefined) return failed(`a fault is one of ${faultNames.join(", ")}.`);
  const { station } = words;
  if (station !== undefined && typeof station !== "string") return failed("'station' is a station's id.");
  const fault = timed(what, words);
  return typeof fault === "string" ? failed(fault) : ok({ fault, station });
}

function timed(what: Fault["what"], words: FaultWords): Fault | string {
  switch (what) {
    case "crash":
    case "restore":
      return { what };
    case "clock-jump": {
      const { by } = words;
      const good = typeof by === "number" && Math.abs(by) <= JUMP_SECONDS_MAX;
      return good ? { what, byMs: by * 1000 } : "a clock-jump needs 'by', in seconds, negative for back.";
    }
    case "power-cut":
    case "link-cut":
    case "offline": {
      const seconds = words.for;
      const good = typeof seconds === "number" && seconds > 0 && seconds <= SECONDS_MAX;
      return good ? { what, forMs: seconds * 1000 } : `a ${what} needs 'for', in seconds above 0.`;
    }
  }
}
