import type { Log, LogFields } from "../log.ts";

const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const;
export type LogLevel = keyof typeof levels;

/** One JSON object a line: `{"at","level","event",…}`. `write` gets the whole line with its end. */
export function jsonLog(
  write: (line: string) => void,
  least: LogLevel = "info",
  fields: LogFields = {},
): Log {
  const at = (level: LogLevel) => (event: string, more?: LogFields) => {
    if (levels[level] < levels[least]) return;
    write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...fields, ...more })}\n`);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (more) => jsonLog(write, least, { ...fields, ...more }),
  };
}
