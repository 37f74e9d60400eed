/** The options of `station add` that say how a station is to be handled; what is not said stays as it is. */
import { isOcppVersion, type OcppVersion } from "@wattward/ocpp";
import { UsageError } from "../arguments.ts";

const flag = { type: "boolean" } as const;
const text = { type: "string" } as const;
export const handlingOptions = {
  strict: flag,
  tolerant: flag,
  pin: text,
  unpin: flag,
  assume: text,
  "assume-none": flag,
  ping: flag,
  "no-ping": flag,
} as const;

type Values = {
  readonly [K in keyof typeof handlingOptions]?: (typeof handlingOptions)[K] extends typeof flag
    ? boolean | undefined
    : string | undefined;
};
export type HandlingChange = {
  readonly strict?: boolean;
  readonly pinned?: OcppVersion | null;
  readonly assumed?: OcppVersion | null;
  readonly pinged?: boolean;
};

/** Undefined where nothing was said; both of a pair, or an unknown version, is a {@link UsageError}. */
export function handlingFrom(values: Values): HandlingChange | undefined {
  const strict = oneOf(values, "strict", "tolerant");
  const pinged = oneOf(values, "ping", "no-ping");
  const pinned = versionOr(values, "pin", "unpin");
  const assumed = versionOr(values, "assume", "assume-none");
  const change: HandlingChange = {
    ...(strict !== undefined && { strict }),
    ...(pinged !== undefined && { pinged }),
    ...(pinned !== undefined && { pinned }),
    ...(assumed !== undefined && { assumed }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** What was changed, for the line that tells of the station. */
export function said(change: HandlingChange | undefined): string {
  if (change === undefined) return "";
  const { strict, pinned, assumed, pinged } = change;
  const parts = [
    strict === undefined ? "" : strict ? "held strictly" : "handled tolerantly",
    pinned === undefined ? "" : pinned === null ? "no version pinned" : `OCPP ${pinned} pinned`,
    assumed === undefined ? "" : assumed === null ? "no version assumed" : `OCPP ${assumed} assumed`,
    pinged === undefined ? "" : pinged ? "pinged" : "never pinged",
  ];
  return `; ${parts.filter((part) => part !== "").join(", ")}`;
}

function oneOf(values: Values, yes: "strict" | "ping", no: "tolerant" | "no-ping"): boolean | undefined {
  if (values[yes] === true && values[no] === true) throw new UsageError(`--${yes} or --${no}, not both`);
  return values[yes] === true ? true : values[no] === true ? false : undefined;
}

function versionOr(
  values: Values,
  option: "pin" | "assume",
  none: "unpin" | "assume-none",
): OcppVersion | null | undefined {
  const version = values[option];
  if (version !== undefined && values[none] === true)
    throw new UsageError(`--${option} or --${none}, not both`);
  if (version === undefined) return values[none] === true ? null : undefined;
  if (!isOcppVersion(version)) throw new UsageError(`--${option} is 1.6 or 2.0.1, not '${version}'`);
  return version;
}
