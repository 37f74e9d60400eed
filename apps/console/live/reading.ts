/** Reads fields out of an observation's data, whose shape depends on its kind. What does not fit is absent. */
import type { Data } from "../api/shapes.ts";

export function textOf(data: Data, key: string): string | undefined {
  const value = data[key];
  return typeof value === "string" ? value : undefined;
}

/** A finite number; undefined for all else, null included. */
export function numberOf(data: Data, key: string): number | undefined {
  const value = data[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textsOf(data: Data, key: string): readonly string[] {
  const value = data[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
