/**
 * Structured logs as a port. `event` is a stable kebab-case noun phrase that one can search for; the sentence belongs
 * in `say`. Never a secret, a token or a frame's text in a field: callers pass ids and counts.
 */
export type LogFields = { readonly [key: string]: string | number | boolean | undefined };

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with these fields on every line. */
  with(fields: LogFields): Log;
}

/** For tests and libraries that have nothing to say. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog };
