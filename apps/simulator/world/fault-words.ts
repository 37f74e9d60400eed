/** A fault as people and programs ask for it, seconds in their words; the same for command line and control lines. */
import { failed, ok, type Result } from "@wattward/kernel";
import { type Fault, faultNames } from "./fault.ts";

/** A fault, and whom it is to befall; by chance where nobody is named. */
export type Wish = { readonly fault: Fault; readonly station: string | undefined };

export type FaultWords = {
  readonly what: unknown;
  readonly for?: unknown;
  readonly by?: unknown;
  readonly factor?: unknown;
  readonly perS?: unknown;
  readonly station?: unknown;
};

/** A week. */
const SECONDS_MAX = 604_800;
/** A meter that counts a thousandfold is as wrong as one can be believed to be. */
const FACTOR_MAX = 1_000;
const PER_SECOND_MAX = 1_000;
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
    case "meter-lies": {
      const forMs = lasting(words);
      const { factor } = words;
      const good = typeof factor === "number" && Math.abs(factor) <= FACTOR_MAX;
      if (!good)
        return "meter-lies needs 'factor': 1.1 counts a tenth too much, 0 stands still, -1 runs backwards.";
      return forMs === undefined ? needsFor(what) : { what, forMs, factor };
    }
    case "exceeds-limits": {
      const forMs = lasting(words);
      const { factor = 1.3 } = words;
      const good = typeof factor === "number" && factor >= 1 && factor <= FACTOR_MAX;
      if (!good) return "exceeds-limits takes 'factor', from 1: 1.3 draws three tenths too much.";
      return forMs === undefined ? needsFor(what) : { what, forMs, factor };
    }
    case "too-fast": {
      const forMs = lasting(words);
      const { perS = 20 } = words;
      const good = typeof perS === "number" && perS > 0 && perS <= PER_SECOND_MAX;
      if (!good) return `too-fast takes 'perS', messages a second, up to ${PER_SECOND_MAX}.`;
      return forMs === undefined ? needsFor(what) : { what, forMs, perS };
    }
    case "power-cut":
    case "link-cut":
    case "offline":
    case "hang":
    case "site-power-cut":
    case "deaf":
    case "ignores-limits": {
      const forMs = lasting(words);
      return forMs === undefined ? needsFor(what) : { what, forMs };
    }
  }
}

const needsFor = (what: string) => `${what} needs 'for', in seconds above 0.`;

function lasting({ for: seconds }: FaultWords): number | undefined {
  const good = typeof seconds === "number" && seconds > 0 && seconds <= SECONDS_MAX;
  return good ? seconds * 1000 : undefined;
}
