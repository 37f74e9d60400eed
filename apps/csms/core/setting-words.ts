/** What each setting is, for people: its unit and its meaning in a sentence. Values and limits: settings.ts. */
import type { Setting } from "./settings.ts";

/** `switch`: 0 is off, 1 is on. `count`: of things. Else the unit of the number. */
export type SettingUnit = "switch" | "count" | "s" | "ms" | "days" | "MiB";

export const settingWords: Readonly<
  Record<Setting, { readonly unit: SettingUnit; readonly meaning: string }>
> = {
  accept_unknown_tokens: {
    unit: "switch",
    meaning: "A token that nobody knows may charge. For demonstrations.",
  },
  transactions_per_token: {
    unit: "count",
    meaning: "Open transactions that one token may have at once; 0: as many as it likes.",
  },
  heartbeat_interval_s: { unit: "s", meaning: "Between heartbeats, granted when a station boots." },
  boot_retry_interval_s: { unit: "s", meaning: "Until a station that is pending or refused asks again." },
  accept_unknown_tokens_offline: {
    unit: "switch",
    meaning: "At a site without link, a token in neither list nor cache may charge.",
  },
  token_cache_ms: { unit: "ms", meaning: "How long a site may reuse an answer about a token." },
  message_log_days: { unit: "days", meaning: "How long the message log is kept; 0: no message log." },
  message_log_rows: {
    unit: "count",
    meaning: "Frames in the message log, of all stations; the oldest go first.",
  },
  message_log_mb: {
    unit: "MiB",
    meaning: "Characters in the message log, of all stations; the oldest go first.",
  },
  message_log_station_rows: {
    unit: "count",
    meaning: "Frames that one station may leave in the message log in a day.",
  },
  disk_free_min_mb: {
    unit: "MiB",
    meaning: "Free space on the disk below which the message log is given up; 0: never.",
  },
  database_max_mb: {
    unit: "MiB",
    meaning: "Size of a PostgreSQL database above which the message log is given up; 0: never.",
  },
  outbox_days: { unit: "days", meaning: "How long what happened is kept; 0: for ever." },
  commands_days: { unit: "days", meaning: "How long ended commands are kept; 0: for ever." },
  idle_samples_days: {
    unit: "days",
    meaning: "How long power and registers outside transactions are kept; 0: for ever.",
  },
  energy_quarters_days: {
    unit: "days",
    meaning: "How long a site's energy is kept by the quarter of an hour; 0: for ever.",
  },
};
