/** A plan for people, before it is run: `wattward simulator check FILE`. */
import { rfc3339 } from "@wattward/kernel";
import { spanSaid } from "../scenario/moments.ts";
import type { Plan } from "../scenario/plan.ts";

/** Ids that are listed; `--json` has them all. */
const SHOWN = 6;

export function planText(plan: Plan): string {
  const { cards, drivers, faults, forMs, name, notes, ownTime, speed, startMs, stations, visits } = plan;
  const versions = [...Map.groupBy(stations, ({ options }) => options.version)]
    .map(([version, of]) => `${of.length} of OCPP ${version}`)
    .sort();
  const evses = stations.reduce((sum, { options }) => sum + options.evses, 0);
  const wantedWh = visits.reduce((sum, { car }) => sum + (car.capacityWh * (100 - car.socPercent)) / 100, 0);
  const lastMs = visits.reduce((last, { leaveAtMs }) => Math.max(last, leaveAtMs), startMs);
  const lastsMs = forMs ?? (drivers === undefined ? lastMs - startMs : undefined);
  const rows = [
    [
      "stations",
      `${listed(stations.map(({ options }) => options.id))}: ${versions.join(", ")}; ${evses} EVSEs`,
    ],
    ["cards", listed(cards)],
    [
      "sessions",
      `${visits.length} at known times, ${(wantedWh / 1000).toFixed(3)} kWh${drivers === undefined ? "" : "; and people by chance"}`,
    ],
    ["faults", String(faults.length)],
    ["begins", ownTime ? rfc3339(startMs) : "now, in the central system's time"],
    ["lasts", lastsMs === undefined ? "until Ctrl-C" : spanSaid(lastsMs)],
    [
      "speed",
      speed === Number.POSITIVE_INFINITY ? "as fast as it goes" : `${speed} simulated seconds in a real one`,
    ],
    ...notes.map((note) => ["note", note] as const),
  ] as const;
  return `${name}: good\n${rows.map(([what, text]) => `  ${what.padEnd(9)} ${text}\n`).join("")}`;
}

const listed = (ids: readonly string[]): string =>
  ids.length <= SHOWN
    ? ids.join(" ")
    : `${ids.slice(0, SHOWN - 2).join(" ")} … ${ids.at(-1)} (${ids.length})`;
