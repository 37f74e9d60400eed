/**
 * What the sockets' thread and the core's threads say to each other. Many asks travel in one message, and many
 * answers in one: a message between threads costs as much as a small commit.
 */
import type { LogFields } from "@wattward/kernel";
import type { CoreFault } from "../core/port.ts";
import type { Measurement } from "../metrics/metrics.ts";

export type ThreadData = {
  readonly role: "writer" | "reader";
  readonly database: string;
  readonly synchronous: "full" | "off";
  readonly stationAnchors: readonly string[];
};

export type Ask = { readonly id: number; readonly name: string; readonly input: unknown };
export type ToThread = { readonly kind: "asks"; readonly asks: readonly Ask[] } | { readonly kind: "close" };

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: CoreFault; readonly message: string };

export type LogLine = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: LogFields;
};

export type FromThread =
  | { readonly kind: "ready" }
  /** It could not open the database: the environment's or the operator's fault, in a sentence. */
  | { readonly kind: "unopened"; readonly fault: string; readonly message: string }
  /** With them, what was measured since the last. */
  | {
      readonly kind: "answers";
      readonly answers: readonly Answer[];
      readonly measured: readonly Measurement[];
    }
  | { readonly kind: "committed"; readonly seq: number }
  | { readonly kind: "log"; readonly line: LogLine }
  | { readonly kind: "closed" };
