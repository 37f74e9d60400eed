/** What the guard says to a request, and what it wants to hear afterwards. */
import type { Reply, Response } from "@wattward/modbus";
import { type DecodedExchange, exchangeText } from "./exchange.ts";
import type { GuardedDevice } from "./policy.ts";

/** 01 function, 02 address (an unknown unit too), 03 value, 06 rate: what the master gets. */
export type DenialCode = 1 | 2 | 3 | 6;

/**
 * `value`: its bounds, in part, across registers. `motion`: ramp, dwell, reversals, or one before it is still unanswered. `rate`: per
 * second or minute, or too much that waits. `turn`: the device had no time for it, which need not be its master's fault.
 */
export type DenialAbout = "function" | "address" | "value" | "motion" | "rate" | "turn";

export type Verdict = Allowed | Denied;

export type Allowed = {
  readonly kind: "allow";
  readonly device: GuardedDevice;
  /** To be settled once, whatever became of the request. */
  readonly ticket: Ticket;
};

export type Denied = {
  readonly kind: "deny";
  readonly exception: DenialCode;
  /** What was wrong with it; absent where the PDU was no request, or there is no policy. */
  readonly about?: DenialAbout;
  /** The rule that refuses, as a path in the policy: `rules[3].writes[0]`; absent where no rule lets it through. */
  readonly rule?: string;
  /** One sentence for the operator: what was asked, and what would be allowed. */
  readonly why: string;
  readonly exchange: DecodedExchange;
};

/** Tells the guard that gave it, and its successors, what became of the request; what it is told a second time is not heard. */
export type Ticket = { readonly settle: (settled: Settled, nowMs: number) => void };

/** What became of a request that was let through; an `Outcome` of `ModbusClient` is one. */
export type Settled =
  | { readonly kind: "response"; readonly response: Response }
  | { readonly kind: "exception"; readonly code: number }
  /** `sent`: the device may have heard it. */
  | { readonly kind: "failed"; readonly sent: boolean };

/** What a device's answer makes of it. */
export const settledBy = (reply: Reply): Settled =>
  reply.kind === "exception" ? reply : { kind: "response", response: reply };

/** `vendor, write-single-register 40 of battery: OutWRte = 120 %: exception 03, -100 to 100 are allowed (rules[3].writes[0])`. */
export const denialText = ({ exchange, why, rule, exception }: Denied): string =>
  `${exchangeText(exchange)}: exception ${String(exception).padStart(2, "0")}, ${why}${rule === undefined ? "" : ` (${rule})`}`;
