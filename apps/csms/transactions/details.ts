/**
 * What a 2.x transaction is beyond time and meter (TransactionType, TransactionEventRequest): charging state, limits,
 * tariff, cost, operation mode. Of each field the one with the highest sequence number stands, in whatever order they
 * come, so that history never overwrites what is newer.
 */
import type { RequestOf } from "@wattward/ocpp";
import { sql } from "kysely";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

/** Both versions' fields; what 2.0.1 does not have is never there. */
export type Details = Pick<
  RequestOf<"2.0.1", "TransactionEvent">,
  "numberOfPhasesUsed" | "cableMaxCurrent" | "reservationId"
> &
  Partial<
    Pick<RequestOf<"2.1", "TransactionEvent">, "preconditioningStatus" | "evseSleep" | "costDetails">
  > & {
    readonly transactionInfo: RequestOf<"2.0.1", "TransactionEvent">["transactionInfo"] | TransactionInfo21;
  };
type TransactionInfo21 = RequestOf<"2.1", "TransactionEvent">["transactionInfo"];

/** A cost is kept without its periods: as many as a station likes. */
const COST_CHARS_MAX = 8_000;

export async function keepDetails(
  tx: Tx,
  transaction: string,
  { seqNo, details }: { readonly seqNo: number; readonly details: Details },
): Promise<void> {
  const told = fieldsOf(details);
  if (Object.values(told).every((value) => value === null)) return;
  await tx.run(upsertDetails, { ...told, transaction_id: transaction, seq_no: seqNo });
}

type Fields = Omit<Schema["transaction_details"], "transaction_id" | "seq_no">;

function fieldsOf(event: Details): Fields {
  const info: Partial<TransactionInfo21> = event.transactionInfo;
  return {
    charging_state: info.chargingState ?? null,
    charging_s: info.timeSpentCharging ?? null,
    remote_start_id: info.remoteStartId ?? null,
    reservation_id: event.reservationId ?? null,
    phases_used: event.numberOfPhasesUsed ?? null,
    cable_max_a: event.cableMaxCurrent ?? null,
    operation_mode: info.operationMode ?? null,
    tariff: info.tariffId ?? null,
    limits: textOf(info.transactionLimit),
    cost: costOf(event.costDetails),
    preconditioning: event.preconditioningStatus ?? null,
    evse_sleeps: event.evseSleep === undefined ? null : event.evseSleep ? 1 : 0,
  };
}

function costOf(cost: Details["costDetails"]): string | null {
  if (cost === undefined) return null;
  const { chargingPeriods: _, ...sums } = cost;
  return textOf(sums);
}

function textOf(value: object | undefined): string | null {
  const text = value === undefined ? null : JSON.stringify(value);
  return text === null || text.length <= COST_CHARS_MAX ? text : JSON.stringify({ tooLong: text.length });
}

const fields = [
  "charging_state",
  "charging_s",
  "remote_start_id",
  "reservation_id",
  "phases_used",
  "cable_max_a",
  "operation_mode",
  "tariff",
  "limits",
  "cost",
  "preconditioning",
  "evse_sleeps",
] as const satisfies readonly (keyof Fields)[];

/** A newer event says more than the row, an older one only what the row does not know. */
const newestOf = (field: keyof Fields) =>
  sql<never>`case when excluded.seq_no >= transaction_details.seq_no
    then coalesce(excluded.${sql.ref(field)}, transaction_details.${sql.ref(field)})
    else coalesce(transaction_details.${sql.ref(field)}, excluded.${sql.ref(field)}) end`;
const upsertDetails = statement((db, p: Schema["transaction_details"]) =>
  db
    .insertInto("transaction_details")
    .values(each(p, ["transaction_id", "seq_no", ...fields]))
    .onConflict((c) =>
      c.column("transaction_id").doUpdateSet({
        ...Object.fromEntries(fields.map((field) => [field, newestOf(field)])),
        seq_no: sql<never>`case when excluded.seq_no > transaction_details.seq_no
          then excluded.seq_no else transaction_details.seq_no end`,
      }),
    ),
);
