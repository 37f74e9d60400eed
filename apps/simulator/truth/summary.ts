/**
 * The ground truth at the end of a run, for the audit: `summary.json`. Whole Wh where a meter said so, exact Wh where
 * physics did.
 */
import type { Station } from "../station/station.ts";
import type { FaultTruth } from "../world/fault.ts";
import type { Complaint, MessageFate, Notebook, TransactionTruth } from "./notebook.ts";

export type EvseTruth = { readonly evse: number; readonly registerWh: number; readonly deliveredWh: number };

export type StationTruth = {
  readonly station: string;
  readonly version: string;
  readonly evses: readonly EvseTruth[];
  readonly transactions: readonly TransactionTruth[];
  /** What the central system did wrong, or refused. */
  readonly complaints: readonly Complaint[];
  readonly complaintCount: number;
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly connections: number;
  readonly dialFaults: number;
  readonly timeouts: number;
  readonly lateAnswers: number;
};

export type Summary = {
  readonly kind: "summary";
  readonly stations: number;
  readonly versions: readonly string[];
  readonly transactions: { readonly started: number; readonly ended: number };
  /** Transaction messages by what became of them. */
  readonly messages: Readonly<Record<MessageFate, number>>;
  readonly framesSent: number;
  /** By the meters: stop less start, over ended transactions. */
  readonly energyWh: number;
  /** By physics, over everything. */
  readonly deliveredWh: number;
  readonly faults: readonly FaultTruth[];
  /** Complaints about the central system, and messages given up or dropped. */
  readonly errors: number;
  /** Everything that happened was told and answered. */
  readonly delivered: boolean;
  readonly truth: readonly StationTruth[];
};

export function summarise(stations: readonly Station[], faults: readonly FaultTruth[]): Summary {
  const truth = stations.map((station) => stationTruth(station, station.notebook));
  const transactions = truth.flatMap((each) => each.transactions);
  const ended = transactions.filter(({ endedAtMs }) => endedAtMs !== undefined);
  const messages: Record<MessageFate, number> = { pending: 0, answered: 0, "given-up": 0, dropped: 0 };
  for (const { fate } of transactions.flatMap((each) => each.messages)) messages[fate]++;
  messages.answered += sum(stations, ({ notebook }) => notebook.answered);
  const complaints = sum(truth, ({ complaintCount }) => complaintCount);
  return {
    kind: "summary",
    stations: truth.length,
    versions: [...new Set(truth.map(({ version }) => version))].sort(),
    transactions: { started: transactions.length, ended: ended.length },
    messages,
    framesSent: sum(truth, ({ framesSent }) => framesSent),
    energyWh: sum(ended, ({ meterStartWh, meterStopWh }) => (meterStopWh ?? meterStartWh) - meterStartWh),
    deliveredWh: sum(
      truth.flatMap(({ evses }) => evses),
      ({ deliveredWh }) => deliveredWh,
    ),
    faults,
    errors: complaints + messages["given-up"] + messages.dropped,
    delivered: messages.pending === 0 && messages["given-up"] === 0 && transactions.length === ended.length,
    truth,
  };
}

function stationTruth(station: Station, notebook: Notebook): StationTruth {
  const { complaintCount, complaints, connections, dialFaults, transactions } = notebook;
  const { framesReceived, framesSent, lateAnswers, timeouts, version } = notebook;
  return {
    station: notebook.station,
    version,
    evses: station.evses.map(({ deliveredWh, id, registerWh }) => ({ evse: id, registerWh, deliveredWh })),
    transactions,
    complaints,
    complaintCount,
    framesSent,
    framesReceived,
    connections,
    dialFaults,
    timeouts,
    lateAnswers,
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
