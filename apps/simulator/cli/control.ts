/**
 * Control lines on standard input, one JSON object each: `{"do":"status"}`, `{"do":"finish"}`,
 * `{"do":"fault","what":…}`, `{"do":"limit","kw":20}`. A line that is none of them is answered, never obeyed.
 */
import { failed, ok, type Result, shown } from "@wattward/kernel";
import { isPlantFault, type PlantWish, readPlantFault } from "../plant/plant-fault-words.ts";
import { readFault, type Wish } from "../world/fault-words.ts";
import { type AttackWords, readAttack } from "./run-attack.ts";

export type Request =
  | { readonly kind: "status" }
  | { readonly kind: "finish" }
  | { readonly kind: "fault"; readonly wish: Wish }
  | { readonly kind: "plant-fault"; readonly wish: PlantWish }
  | { readonly kind: "attack"; readonly words: AttackWords }
  /** The grid operator's control box says this from now on; undefined: no limit. */
  | { readonly kind: "limit"; readonly limitW: number | undefined };

/** A longer line is not read. */
export const LINE_CHARS_MAX = 4_096;

export function readRequest(line: string): Result<Request, string> {
  const words = parsed(line);
  if (words === undefined) return failed(`a control line is a JSON object; '${shown(line)}' is not.`);
  switch (words.do) {
    case "status":
    case "finish":
      return ok({ kind: words.do });
    case "attack": {
      const { for: forS = 30, setpoint, to, unit, what } = words;
      const given = { "--to": to, "--for": forS, "--unit": unit, "--setpoint": setpoint };
      const args = Object.entries(given).flatMap(([name, value]) =>
        value === undefined ? [] : [name, String(value)],
      );
      const read = readAttack([String(what), ...args]);
      return read.ok ? ok({ kind: "attack", words: read.value }) : read;
    }
    case "limit": {
      const { kw } = words;
      if (kw !== undefined && !(typeof kw === "number" && kw >= 0))
        return failed("'kw' is the limit, from 0.");
      return ok({ kind: "limit", limitW: kw === undefined ? undefined : kw * 1000 });
    }
    case "fault": {
      if (isPlantFault(words.what)) {
        const wish = readPlantFault({ ...words, what: words.what });
        return wish.ok ? ok({ kind: "plant-fault", wish: wish.value }) : wish;
      }
      const wish = readFault({ ...words, what: words.what });
      return wish.ok ? ok({ kind: "fault", wish: wish.value }) : wish;
    }
    default:
      return failed(`"do" is status, finish, fault, limit or attack.`);
  }
}

function parsed(line: string): { readonly [key: string]: unknown } | undefined {
  if (line.length > LINE_CHARS_MAX) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as { readonly [key: string]: unknown }) : undefined;
  } catch {
    return undefined; // Not JSON; the caller says so.
  }
}
