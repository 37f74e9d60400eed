/**
 * What a site answered by itself, without us. It stands: the car may have charged for hours. Where it accepted a token
 * that we would have refused, the transaction is kept and marked (never ended: that is not for a replay to do).
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { authorise, type Verdict } from "../authorisation/tokens.ts";
import type { Call } from "../core/call.ts";
import { type Observation, observe } from "../core/observations.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { review } from "./record.ts";
import { withReview } from "./review.ts";
import { findEventOfRecord, findTransactionById, markAnsweredLocally, updateTransaction } from "./rows.ts";
import type { Transaction } from "./transaction.ts";

const refused = new Set(["Blocked", "Expired", "Invalid"]);

export async function judgeLocalAnswer(
  tx: Tx,
  call: Call<object>,
  transaction: Transaction,
  verdict: Verdict,
): Promise<void> {
  const said = call.journal?.localAnswer;
  if (said === undefined || !refused.has(verdict.status)) return;
  if (acceptedIn(said)) await review(tx, call, transaction, ["accepted-locally"]);
}

/** 1.6 says `idTagInfo`, 2.0.1 `idTokenInfo`. */
export function acceptedIn(answer: JsonObject): boolean {
  const info = answer["idTagInfo"] ?? answer["idTokenInfo"];
  return isObject(info) && info["status"] === "Accepted";
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An `answer` record: which record it answers, what was said, and how to say that we saw it. */
export type LateAnswer = {
  readonly station: Row<"stations">;
  readonly epoch: string;
  readonly seq: number;
  readonly accepted: boolean;
  readonly head: Omit<Observation<"transaction.review">, "kind" | "data">;
  readonly atMs: number;
};

/**
 * The site answered a stored message by itself after all. Its event and its transaction say so; whether we would have
 * said the same is asked again.
 */
export async function takeLocalAnswer(tx: Tx, late: LateAnswer): Promise<void> {
  const { station, epoch, seq, head } = late;
  const event = await tx.first(findEventOfRecord, { station: station.id, epoch, seq });
  if (event === undefined) return;
  await tx.run(markAnsweredLocally, { station: station.id, dedupe: event.dedupe });
  const transaction = await tx.first(findTransactionById, { id: event.transaction_id });
  if (transaction === undefined) return;
  const after = { ...transaction, offline: 1 };
  if (late.accepted && transaction.token !== null) {
    const verdict = await authorise(tx, transaction.token, { atMs: late.atMs });
    if (refused.has(verdict.status)) after.review = withReview(after.review, ["accepted-locally"]);
  }
  await tx.run(updateTransaction, after);
  if (after.review === transaction.review) return;
  const data = { transaction: after.id, wireId: after.wire_id, codes: ["accepted-locally"] };
  observe(tx, { ...head, kind: "transaction.review", data });
}
