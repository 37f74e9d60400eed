/** How a run ended: the recount, and every promise that was seen broken. A run is good where nothing is in either list. */
import type { Finished } from "../../apps/simulator/world/world.ts";
import { type Evidence, readDatabase } from "../../demo/evidence.ts";
import { type Recount, recount } from "../../demo/recount.ts";
import { faultsIn } from "./stored-facts.ts";
import type { Whole } from "./whole.ts";

export type Outcome = {
  readonly seed: number;
  readonly counts: Recount;
  /** Of the recount: what was lost or counted twice. */
  readonly findings: readonly string[];
  /** Promises broken on the way, or never kept. */
  readonly violations: readonly string[];
  /** Messages that a full disk made a site give up, by design never a start or an end. */
  readonly givenUp: number;
  readonly frames: number;
  /** Commands of an operator that stations heard. */
  readonly commands: number;
};

/** After its expiry a command ends at the latest with this: its answer is waited for, and then the CSMS looks. */
const COMMAND_END_MS_MAX = 5 * 60_000;

/** Logged as errors, and always our own fault. */
const ownFaults = [
  "decision-broken",
  "commit-failed",
  "query-broken",
  "listener-broken",
  "call-handler-failed",
  "own-answer-invalid",
  "no-transaction-ids-left",
  "answer-refused",
  "bundle-not-valid",
];

/** How it came to an end: the people, the journals, the processes, the simulator itself. */
type End = {
  readonly finished: Finished | undefined;
  readonly settled: boolean;
  readonly closed: boolean;
  readonly failures: readonly unknown[];
};

export function outcomeOf(whole: Whole, end: End): Outcome {
  const givenUp = whole.sites.flatMap(({ promises }) => promises.givenUp);
  const stored = readDatabase(whole.options.database);
  const answeredLocally = whole.sites.reduce((sum, { promises }) => sum + promises.answeredLocally, 0);
  const { counts, findings } = recount(evidenceOf(whole, stored, answeredLocally));
  const { replayed } = whole.commits;
  const overdueBeforeMs = whole.time.now().wallMs - COMMAND_END_MS_MAX;
  return {
    seed: whole.options.seed,
    counts,
    findings,
    violations: [
      ...ends(end, counts),
      ...whole.commits.violations,
      ...whole.ledger.violations,
      ...whole.sites.flatMap(({ promises }) => promises.violations),
      ...whole.sites.flatMap(({ id, fatal }) =>
        fatal.map((error) => `site ${id} had to end: ${error.stack}`),
      ),
      ...faultsIn(whole.options.database, { replayed, samplesGivenUp: givenUp.length > 0, overdueBeforeMs }),
      ...ownFaults.flatMap((event) =>
        whole.logged.has(event) ? [`logged ${whole.logged.get(event)} times: ${event}`] : [],
      ),
    ],
    givenUp: givenUp.length,
    frames: whole.ledger.frames,
    commands: whole.ledger.commandsHeard,
  };
}

/**
 * What a site may give up by design is no evidence of a loss; it is counted apart. With it goes every sending of the same
 * message, whatever its id.
 */
function evidenceOf(
  whole: Whole,
  stored: ReturnType<typeof readDatabase>,
  answeredLocally: number,
): Evidence {
  const ids = new Set(
    whole.sites.flatMap(({ promises }) => promises.givenUp.map(({ station, id }) => `${station} ${id}`)),
  );
  const { sentCalls } = whole.ledger;
  const givenUp = sentCalls.filter(({ station, id }) => ids.has(`${station} ${id}`));
  const contents = new Set(givenUp.map(({ station, digest }) => `${station} ${digest}`));
  const { acked: _, ...rest } = stored;
  return {
    sent: sentCalls.filter(({ station, digest }) => !contents.has(`${station} ${digest}`)),
    answered: whole.ledger.answeredCalls,
    // Everything was acknowledged before the count began, so nothing may be missing.
    pending: new Set(),
    answeredLocally,
    ...rest,
  };
}

function ends({ finished, settled, closed, failures }: End, counts: Recount): string[] {
  const broken = failures.map(
    (error) => `the simulator failed: ${error instanceof Error ? error.stack : error}`,
  );
  if (!settled) broken.push("the sites' journals were never acknowledged to their ends");
  if (!closed) broken.push("a process that was told to stop never did");
  if (finished === undefined) return [...broken, "the stations never came to an end"];
  const { summary } = finished;
  if (finished.kind === "deadline") broken.push("the stations were not done at the deadline");
  if (!summary.delivered) broken.push(`not everything was told: ${JSON.stringify(summary.messages)}`);
  for (const { station, complaints } of summary.truth)
    for (const { what, detail } of complaints) broken.push(`${station} complains: ${what}: ${detail}`);
  if (summary.energyWh !== counts.energyWh)
    broken.push(`the meters say ${summary.energyWh} Wh, ${counts.energyWh} Wh are stored`);
  return broken;
}
