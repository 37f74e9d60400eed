/** What is found in a capture: requests with their answers, and what was neither. Times are those of the capture. */
import type { Result } from "@wattward/kernel";
import type { PduFault } from "../fault.ts";
import type { Malformed } from "../mbap.ts";
import type { Reply, Request } from "../pdu.ts";
import type { Endpoint } from "./segment.ts";

export type Side = "master" | "device";

export type CapturedExchange = {
  readonly kind: "exchange";
  readonly atMs: number;
  /** Number of the packet that made the request whole, from 1. */
  readonly packet: number;
  readonly master: Endpoint;
  readonly device: Endpoint;
  readonly transaction: number;
  readonly unit: number;
  /** The request's bytes from the function code on. */
  readonly pdu: Uint8Array;
  readonly request: Result<Request, PduFault>;
  /** Absent where the capture has none, or not yet. `reply` is absent where the request could not be read. */
  answer?: {
    readonly atMs: number;
    readonly packet: number;
    readonly pdu: Uint8Array;
    readonly reply?: Result<Reply, PduFault>;
  };
};

export type CapturedOddity = {
  readonly atMs: number;
  readonly packet: number;
  readonly master: Endpoint;
  readonly device: Endpoint;
} & (
  | { readonly kind: "malformed"; readonly by: Side; readonly reason: Malformed["reason"] }
  | {
      /** `late-answer`: to a request of more than a minute ago (`LATE_MS`). */
      readonly kind: "unasked-answer" | "late-answer";
      readonly transaction: number;
      readonly unit: number;
      readonly pdu: Uint8Array;
    }
  | { readonly kind: "gap"; readonly by: Side }
);

/** In the order of their first byte. */
export type CapturedEvent = CapturedExchange | CapturedOddity;

/** An exchange comes twice: when it is asked, and, the same object, when it is answered. */
export type CapturedStep =
  | { readonly what: "request" | "answer"; readonly exchange: CapturedExchange }
  | { readonly what: "odd"; readonly oddity: CapturedOddity };
