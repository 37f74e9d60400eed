/**
 * Where a station's frames are written down: each one it sends before the socket gets it, each one it receives before
 * it acts on it.
 */
import type { OcppVersion } from "@wattward/ocpp";

/** A line of `sent.jsonl`. */
export type SentLine = {
  /** The world's time, ms since 1970. */
  readonly atMs: number;
  readonly station: string;
  readonly version: OcppVersion;
  /** The text for the socket. */
  readonly frame: string;
  /** From 1; above it, the same transaction message again. */
  readonly attempt: number;
  /** The message tells of something that happened while the station had no connection. */
  readonly offline: boolean;
  /** Of a transaction message: the same in each attempt, as in `summary.json`. */
  readonly key?: string;
  readonly transaction?: string;
};

/** A line of `received.jsonl`. */
export type ReceivedLine = { readonly atMs: number; readonly station: string; readonly frame: string };

export interface Recorder {
  /** Resolves when the line would outlive this process. */
  sent(line: SentLine): Promise<void>;
  received(line: ReceivedLine): Promise<void>;
}
