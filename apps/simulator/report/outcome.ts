/**
 * What came of a scenario: the world's summary, the visits held against their plan, and what the run cost. As data for
 * scripts (`--json`), and as text for people.
 */
import { spanSaid } from "../scenario/moments.ts";
import type { Plan } from "../scenario/plan.ts";
import type { Summary } from "../truth/summary.ts";
import type { VisitOutcome, VisitTruth } from "../world/visits.ts";

/** `emptied`: everybody had left, and everything was told. `deadline`: finishing took too long. */
export type Run = {
  readonly finished: "emptied" | "deadline";
  /** Somebody stopped it before its end. */
  readonly stopped: boolean;
  readonly accepted: number;
  /** ms. */
  readonly simulatedMs: number;
  readonly realMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
};

export type Outcome = {
  readonly kind: "outcome";
  readonly scenario: string;
  /** All that was planned took place, was told and answered, and nobody broke the protocol. */
  readonly good: boolean;
  readonly finished: Run["finished"];
  readonly stopped: boolean;
  readonly stations: { readonly planned: number; readonly accepted: number };
  readonly sessions: Readonly<Record<VisitOutcome | "planned", number>>;
  /** What cars at known times wanted, and what they took with them, whole Wh. */
  readonly wantedWh: number;
  readonly takenWh: number;
  /** Of all transactions: by physics, and as their meter readings tell it. */
  readonly deliveredWh: number;
  readonly toldWh: number;
  readonly transactions: Summary["transactions"];
  readonly messages: Summary["messages"];
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly faults: number;
  readonly errors: number;
  /** What went wrong, by kind, with the first of its kind. */
  readonly complaints: readonly { readonly what: string; readonly count: number; readonly first: string }[];
  readonly simulatedS: number;
  readonly realS: number;
  readonly cpuS: number;
  readonly rssMb: number;
};

export function outcomeOf(plan: Plan, summary: Summary, visits: readonly VisitTruth[], run: Run): Outcome {
  const sessions = {
    planned: visits.length,
    "to-come": 0,
    here: 0,
    charged: 0,
    parked: 0,
    refused: 0,
    missed: 0,
  };
  for (const { outcome } of visits) sessions[outcome]++;
  const sum = (of: (truth: VisitTruth) => number) =>
    Math.round(visits.reduce((total, truth) => total + of(truth), 0));
  const accepted = run.accepted === plan.stations.length;
  return {
    kind: "outcome",
    scenario: plan.name,
    good: summary.delivered && summary.errors === 0 && accepted && sessions.refused + sessions.missed === 0,
    finished: run.finished,
    stopped: run.stopped,
    stations: { planned: plan.stations.length, accepted: run.accepted },
    sessions,
    wantedWh: sum(({ visit: { car } }) => (car.capacityWh * (100 - car.socPercent)) / 100),
    takenWh: sum(({ takenWh }) => takenWh),
    deliveredWh: Math.round(summary.deliveredWh),
    toldWh: summary.energyWh,
    transactions: summary.transactions,
    messages: summary.messages,
    framesSent: summary.framesSent,
    framesReceived: summary.truth.reduce((total, { framesReceived }) => total + framesReceived, 0),
    faults: summary.faults.length,
    errors: summary.errors,
    complaints: complaintsOf(summary),
    simulatedS: Math.round(run.simulatedMs / 1000),
    realS: Math.round(run.realMs / 100) / 10,
    cpuS: Math.round(run.cpuMs / 100) / 10,
    rssMb: Math.round(run.rssMb),
  };
}

function complaintsOf({ truth }: Summary): Outcome["complaints"] {
  const all = truth.flatMap(({ complaints, station }) => complaints.map((each) => ({ ...each, station })));
  return [...Map.groupBy(all, ({ what }) => what)].map(([what, each]) => ({
    what,
    count: each.length,
    first: each[0] === undefined ? "" : `${each[0].station}: ${each[0].detail}`,
  }));
}

/** Kinds of complaints that people are shown; the rest is in the JSON. */
const COMPLAINTS_SHOWN = 5;

/** For people: what it comes to first, then the figures. */
export function outcomeText(outcome: Outcome): string {
  const { messages, sessions, stations, transactions } = outcome;
  const kWh = (wh: number) => `${(wh / 1000).toLocaleString("en-GB", { minimumFractionDigits: 3 })} kWh`;
  const others = (["parked", "refused", "missed", "here", "to-come"] as const)
    .filter((name) => sessions[name] > 0)
    .map((name) => `, ${sessions[name]} ${said[name]}`);
  const rows: [string, string][] = [
    ["stations", `${stations.accepted} of ${stations.planned} accepted`],
    ...(sessions.planned === 0
      ? []
      : [
          ["sessions", `${sessions.charged} of ${sessions.planned} charged${others.join("")}`] as [
            string,
            string,
          ],
        ]),
    ...(sessions.planned === 0
      ? []
      : [
          ["cars", `took ${kWh(outcome.takenWh)} of ${kWh(outcome.wantedWh)} that they wanted`] as [
            string,
            string,
          ],
        ]),
    [
      "transactions",
      `${transactions.ended} of ${transactions.started} ended, ${kWh(outcome.toldWh)} told, ${kWh(outcome.deliveredWh)} delivered`,
    ],
    [
      "about them",
      Object.entries(messages)
        .filter(([name, count]) => count > 0 || name === "answered")
        .map(([name, count]) => `${count} ${name}`)
        .join(", "),
    ],
    ["messages", `${outcome.framesSent} sent, ${outcome.framesReceived} received`],
    ...(outcome.faults > 0 ? [["faults", String(outcome.faults)] as [string, string]] : []),
    ["errors", String(outcome.errors)],
    ...outcome.complaints
      .slice(0, COMPLAINTS_SHOWN)
      .map(({ count, first, what }): [string, string] => ["", `${count} × ${what}, first ${first}`]),
    [
      "took",
      `${spanSaid(outcome.simulatedS * 1000)} simulated in ${outcome.realS} s; ${outcome.cpuS} s of CPU, ${outcome.rssMb} MB`,
    ],
  ];
  const verdict = outcome.good
    ? "everything took place, was told and answered"
    : "NOT everything went as planned";
  const head = `${outcome.scenario}: ${verdict}${outcome.stopped ? " (stopped before its end)" : ""}`;
  return `${[head, ...rows.map(([name, text]) => `  ${name.padEnd(13)} ${text}`)].join("\n")}\n`;
}

const said = {
  parked: "parked without charging",
  refused: "refused",
  missed: "missed (station dark or taken)",
  here: "cut short",
  "to-come": "not come yet",
} as const;
