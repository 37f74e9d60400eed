/**
 * The recount: what stations sent against what is stored, from the files alone. It takes the frames of `sent.jsonl`
 * and demands each of their effects, exactly once; how the CSMS came to its rows is not its concern.
 *
 *   lost         a transaction message that was sent (a resend is the same message) and is in neither the CSMS nor the
 *                unacknowledged end of the site's journal; any other message that was answered and left no trace (a
 *                status that says the same again leaves none); a transaction whose start, end or energy is not what its
 *                own frames say
 *   duplicated   a message stored twice, one start that became two transactions, two that became one, or a
 *                transaction that no start of a station accounts for
 */
import type { Evidence, SentCall, StoredTransaction, Traces } from "./evidence.ts";
import type { ModeAt } from "./limits.ts";

export type Recount = {
  messages: number;
  transactions: { started: number; ended: number };
  energyWh: number;
  lost: number;
  duplicated: number;
  answeredOffline: number;
  replayed: number;
};
/** The counts, and one sentence for each message or transaction counted as lost or duplicated; and for whatever is wrong with a trace. */
export type Audit = {
  counts: Recount;
  findings: string[];
  modes?: readonly ModeAt[];
  kinds?: ReadonlySet<string>;
  traces?: Traces;
};

const transactionActions: ReadonlySet<string> = new Set([
  "StartTransaction",
  "StopTransaction",
  "MeterValues",
  "TransactionEvent",
]);
/**
 * Carries no state of its own, or asks for something that a site refuses by itself and does not keep: by design
 * (docs/local-controller.md).
 */
const forgettable: ReadonlySet<string> = new Set([
  "Heartbeat",
  "OpenPeriodicEventStream",
  "PullDynamicScheduleUpdate",
  // What the site itself asked for, to see that its profiles are in place: at a managed site nobody else asks.
  "ReportChargingProfiles",
]);

export function recount(evidence: Evidence): Audit {
  const findings = { lost: [] as string[], duplicated: [] as string[] };
  const messages = distinct(evidence.sent);
  const states = new Map<string, string>();
  for (const call of messages) {
    if (!kept(call, evidence, states)) findings.lost.push(`${named(call)} is not stored`);
  }
  findings.duplicated.push(...storedTwice(evidence));
  checkTransactions(messages, evidence, findings);

  const started = evidence.transactions.filter((t) => t.state !== "partial");
  const ended = evidence.transactions.filter((t) => t.state === "ended");
  return {
    counts: {
      messages: messages.length,
      transactions: { started: started.length, ended: ended.length },
      energyWh: ended.reduce((sum, t) => sum + (t.energyWh ?? 0), 0),
      lost: findings.lost.length,
      duplicated: findings.duplicated.length,
      answeredOffline: evidence.answeredLocally,
      replayed: evidence.replayed,
    },
    ...(evidence.modes !== undefined && { modes: evidence.modes }),
    ...(evidence.kinds !== undefined && { kinds: evidence.kinds }),
    ...(evidence.traces !== undefined && { traces: evidence.traces }),
    findings: [
      ...(evidence.traces?.findings ?? []),
      ...findings.lost.map((sentence) => `lost: ${sentence}`),
      ...findings.duplicated.map((sentence) => `duplicated: ${sentence}`),
    ],
  };
}

const named = (call: SentCall) =>
  `${call.action} of ${call.station} (message ${call.id}, sent ${new Date(call.atMs).toISOString()})`;
const contentOf = ({ station, digest }: { station: string; digest: string }) => `${station} ${digest}`;

/** The same content from the same station is the same message, however often and under whatever id it was sent. */
function distinct(sent: readonly SentCall[]): SentCall[] {
  const key = (call: SentCall) =>
    transactionActions.has(call.action) ? `${call.action} ${contentOf(call)}` : `${call.station} ${call.id}`;
  return [...new Map(sent.map((call) => [key(call), call])).values()];
}

/** @param states what is stored of each connector so far: a status that says the same again changes nothing */
function kept(call: SentCall, evidence: Evidence, states: Map<string, string>): boolean {
  if (forgettable.has(call.action) || evidence.pending.has(contentOf(call))) return true;
  const id = `${call.station} ${call.id}`;
  if (transactionActions.has(call.action) && evidence.events.has(contentOf(call))) return true;
  if (transactionActions.has(call.action)) return call.loose === true && !evidence.answered.has(id);
  const stored = evidence.causes.has(id);
  if (call.state !== undefined) {
    const connector = `${call.station} ${call.state.of}`;
    if (stored) states.set(connector, call.state.is);
    else if (states.get(connector) === call.state.is) return true;
  }
  return stored || !evidence.answered.has(id);
}

function storedTwice({ events }: Evidence): string[] {
  return [...events].flatMap(([content, rows]) =>
    rows.length > 1
      ? [`the message with content ${content.slice(0, 60)} is stored ${rows.length} times`]
      : [],
  );
}

type Findings = { lost: string[]; duplicated: string[] };

/** Pairs each start and end that was sent with the stored transaction it belongs to, and compares what they say. */
function checkTransactions(messages: readonly SentCall[], evidence: Evidence, findings: Findings): void {
  const stored = new Map(evidence.transactions.map((t) => [t.id, t]));
  const startOf = new Map<string, SentCall>();
  const transactionOf = (call: SentCall): StoredTransaction | undefined =>
    stored.get(evidence.events.get(contentOf(call))?.[0] ?? "");

  for (const call of messages) {
    if (call.start === undefined) continue;
    const transaction = transactionOf(call);
    if (transaction === undefined) continue; // Counted already: its message is not stored.
    const other = startOf.get(transaction.id);
    if (other !== undefined)
      findings.duplicated.push(`${named(call)} and ${named(other)} are stored as one transaction`);
    startOf.set(transaction.id, call);
  }
  for (const t of evidence.transactions) {
    if (!startOf.has(t.id))
      findings.duplicated.push(`transaction ${t.id} of ${t.station}, which no start accounts for`);
  }
  for (const call of messages) {
    const transaction = call.end === undefined ? undefined : transactionOf(call);
    const start = transaction === undefined ? undefined : startOf.get(transaction.id)?.start;
    if (call.end === undefined || transaction === undefined || start === undefined) continue;
    const meteredWh = call.end.meterStopWh - start.meterStartWh;
    if (transaction.state !== "ended")
      findings.lost.push(`${named(call)}: its transaction is stored as ${transaction.state}`);
    else if (transaction.energyWh !== meteredWh) {
      findings.lost.push(
        `${named(call)}: ${meteredWh} Wh were metered, ${transaction.energyWh} Wh are stored`,
      );
    }
  }
}
