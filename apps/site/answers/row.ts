/**
 * One row of the table of local answers: what the site does with one action of a station, with the CSMS and without.
 * One table a version; `docs/local-controller.md` shows the same rows, and a test compares them.
 */
import type { Instant, JsonObject, StationId } from "@wattward/kernel";
import type { TokenStatus } from "../state/authorisations.ts";

/**
 * What the journal does with it.
 *
 *     relayed          not kept: worth nothing later
 *     kept-if-local    relayed, and kept only where the site answered it: who was let in without the CSMS; as `status`
 *     sample-outside   given up first when the journal runs full; then
 *     sample-inside    meter samples within a transaction; then
 *     status           what a station is and reports; then
 *     event            boots and security events
 *     billing          starts and ends of transactions, and who pays: never given up
 */
export type Keeping =
  | "relayed"
  | "kept-if-local"
  | "sample-outside"
  | "sample-inside"
  | "status"
  | "event"
  | "billing";

/** What a local answer may draw on. The payload may break its schema where the action is a transaction message. */
export type Question = {
  readonly station: StationId;
  readonly payload: JsonObject;
  readonly now: Instant;
  /** Granted in boot answers, s. */
  readonly heartbeatIntervalS: number;
  /** For 1.6 StartTransaction: the id assigned to it, and whether its payload is valid. */
  readonly start?: { readonly transactionId: number; readonly valid: boolean };
  authorise(token: string): { readonly status: TokenStatus; readonly expiresAtMs?: number };
};

export type Row = {
  readonly action: string;
  keeping(payload: JsonObject): Keeping;
  /** Payload of the CALLRESULT that the site gives by itself. */
  answer(question: Question): JsonObject;
  /** How the document names what is kept, and the answer. */
  readonly kept: string;
  readonly says: string;
};

export type Table = ReadonlyMap<string, Row>;

/** A row whose keeping does not depend on the payload. */
export const row = (action: string, kept: Keeping, answer: Row["answer"], says: string): Row => ({
  action,
  keeping: () => kept,
  answer,
  kept,
  says,
});

export const table = (rows: readonly Row[]): Table => new Map(rows.map((entry) => [entry.action, entry]));
export const nothing = (): JsonObject => ({});
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
