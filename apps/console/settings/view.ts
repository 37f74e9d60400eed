/**
 * What the page of settings decides: in which group one stands, how its value reads, what was typed, and what a change
 * puts at stake. Pure. A setting that this page has never heard of is shown all the same, among the rest.
 */
import type { Setting } from "../api/manage-api.ts";
import { span } from "../display/instant.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";

const say = words.settings;

export const groups = ["charging", "stations", "log", "room", "kept", "more"] as const;
export type Group = (typeof groups)[number];

const groupOf: ReadonlyMap<string, Group> = new Map([
  ["accept_unknown_tokens", "charging"],
  ["accept_unknown_tokens_offline", "charging"],
  ["transactions_per_token", "charging"],
  ["token_cache_ms", "charging"],
  ["heartbeat_interval_s", "stations"],
  ["boot_retry_interval_s", "stations"],
  ["message_log_days", "log"],
  ["message_log_rows", "log"],
  ["message_log_mb", "log"],
  ["message_log_station_rows", "log"],
  ["disk_free_min_mb", "room"],
  ["database_max_mb", "room"],
  ["outbox_days", "kept"],
  ["commands_days", "kept"],
  ["idle_samples_days", "kept"],
  ["energy_quarters_days", "kept"],
]);

export const grouped = (all: readonly Setting[]): ReadonlyMap<Group, readonly Setting[]> =>
  Map.groupBy(all, ({ name }) => groupOf.get(name) ?? "more");

/** For people; a name that is not in the language file is made of its own words. */
export function titleOf(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return named(say.names, name) ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const whole = new Intl.NumberFormat("en");

/** A value with its unit, as it reads best; 0 in the words of the setting's own meaning, where it has some. */
export function valueText({ unit, meaning }: Pick<Setting, "unit" | "meaning">, value: number): string {
  if (unit === "switch") return value === 1 ? say.on : say.off;
  const nothing = value === 0 ? /; 0: ([^.;]+)\.?$/.exec(meaning)?.[1] : undefined;
  if (nothing !== undefined) return nothing;
  if (unit === "ms" && value >= 1_000) return span(value).replace(/ 0 h$| 00 min$/, "");
  const figure = whole.format(value);
  if (unit === "s" && value >= 120) return `${figure} s (${span(value * 1_000).replace(/ 00 min$/, "")})`;
  return [figure, named(say.unit, unit) ?? unit].filter(Boolean).join(" ");
}

/** From the least to the most, with the unit once. */
export function rangeText({ unit, least, most }: Setting): string {
  const suffix = named(say.unit, unit) ?? unit;
  const plain = [say.range(whole.format(least), whole.format(most)), suffix].filter(Boolean).join(" ");
  return unit === "ms" ? `${plain} (${span(most)})`.replace(" 0 h)", ")") : plain;
}

export type Typed =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "fault"; readonly sentence: string };

/** Digits, with commas or spaces between them as people write thousands. */
export function readTyped(setting: Setting, text: string): Typed {
  const digits = text.trim().replaceAll(/[\s,]/g, "");
  const value = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(value >= setting.least && value <= setting.most)) {
    return { kind: "fault", sentence: say.notWhole(rangeText(setting)) };
  }
  return value === setting.value ? { kind: "fault", sentence: say.same } : { kind: "value", value };
}

/** What a change puts at stake, in a sentence; undefined where it can simply be changed back. */
export function dangerOf({ name, value: before }: Setting, next: number): string | undefined {
  const say = words.settings.danger;
  switch (name) {
    case "accept_unknown_tokens":
      return next === 1 ? say.anyCard : undefined;
    case "accept_unknown_tokens_offline":
      return next === 1 ? say.anyCardOffline : undefined;
    case "transactions_per_token":
      return next === 0 ? say.noLimit : undefined;
    case "message_log_days":
      return next === 0 ? say.deletesLog : next < before ? say.deletes : undefined;
    case "message_log_rows":
    case "message_log_mb":
      return next < before ? say.deletes : undefined;
    case "outbox_days":
    case "commands_days":
    case "idle_samples_days":
    case "energy_quarters_days":
      return next !== 0 && (before === 0 || next < before) ? say.deletes : undefined;
    case "disk_free_min_mb":
    case "database_max_mb":
      return next === 0 ? say.neverGivenUp : undefined;
    default:
      return undefined;
  }
}
