/** A running world in numbers, for people who watch it and for the summary. Cheap enough to be asked every second. */
import type { World } from "../world/world.ts";

export type Tally = {
  readonly stations: number;
  /** Connected, and accepted by the central system. */
  readonly online: number;
  readonly sessions: {
    readonly planned: number;
    readonly running: number;
    readonly done: number;
    /** Refused by the central system, or missed because their station was dark or taken. */
    readonly failed: number;
  };
  readonly messages: number;
  /** Complaints about the central system, messages given up or dropped among them. */
  readonly errors: number;
  /** Transaction messages that wait for their answer. */
  readonly waiting: number;
  readonly deliveredWh: number;
  readonly powerW: number;
};

export function tallyOf(world: World): Tally {
  const { deliveredWh, powerW, queued, stations, transactions } = world.view();
  const count = (...outcomes: readonly string[]) =>
    world.visits.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const sum = (of: (notebook: World["stations"][number]["notebook"]) => number) =>
    world.stations.reduce((total, { notebook }) => total + of(notebook), 0);
  // With people by chance nothing is planned: transactions are what there is to count.
  const planned = world.visits.length;
  const sessions =
    planned === 0
      ? { planned, running: transactions.started - transactions.ended, done: transactions.ended, failed: 0 }
      : {
          planned,
          running: count("here"),
          done: count("charged", "parked"),
          failed: count("refused", "missed"),
        };
  return {
    stations: stations.length,
    online: stations.filter(({ accepted }) => accepted).length,
    sessions,
    messages: sum(({ framesReceived, framesSent }) => framesReceived + framesSent),
    errors: sum(({ complaintCount }) => complaintCount),
    waiting: queued,
    deliveredWh,
    powerW,
  };
}

/** One line: `2019-05-03 15:12 (×1180) | 52/52 online | sessions 120 done, 33 running, 200 planned | …`. */
export function progressLine(tally: Tally, simulatedMs: number, pace: number): string {
  const { errors, messages, online, powerW, sessions, stations, waiting } = tally;
  const planned = sessions.planned > 0 ? ` of ${sessions.planned}` : "";
  return [
    `${new Date(simulatedMs).toISOString().slice(0, 16).replace("T", " ")} UTC (×${pace >= 10 ? Math.round(pace) : pace.toFixed(1)})`,
    `${online}/${stations} online`,
    `sessions: ${sessions.done}${planned} done, ${sessions.running} running${sessions.failed > 0 ? `, ${sessions.failed} FAILED` : ""}`,
    `${(powerW / 1000).toFixed(1)} kW`,
    `${messages} messages${waiting > 0 ? `, ${waiting} waiting` : ""}`,
    `${errors} errors`,
  ].join(" | ");
}
