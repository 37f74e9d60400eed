/** What was used each day, and where it came from: a bar a day, to one scale. The table below has the figures. */
import type { EnergyDay } from "../api/energy-shapes.ts";
import { energy, roundScale, written } from "../display/quantity.ts";
import { words } from "../strings/en.ts";
import styles from "./day-bars.module.css";
import { barOf, sumsOf, usedWh } from "./days.ts";

const say = words.energy.history;
const SCALE_WH_LEAST = 10_000;

const utc = { timeZone: "UTC" } as const;
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", ...utc });
const month = new Intl.DateTimeFormat("en-GB", { month: "short", ...utc });
const dayOfMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", ...utc });

export function DayBars({ days }: { days: readonly EnergyDay[] }) {
  const bars = days.map((day) => ({ day, sums: sumsOf(day), ...barOf(sumsOf(day)) }));
  const scaleWh = roundScale(Math.max(0, ...bars.map(({ sums }) => usedWh(sums))), SCALE_WH_LEAST);
  const every = Math.ceil(days.length / 8);
  return (
    <div className={styles.chart} role="img" aria-label={say.barsLabel}>
      <div className={styles.scale} aria-hidden="true">
        <span>{written(energy(scaleWh))}</span>
        <span>{written(energy(scaleWh / 2))}</span>
        <span>0</span>
      </div>
      <div className={styles.bars} data-many={days.length > 31 ? "" : undefined}>
        {bars.map(({ day, gridWh, ownWh }, i) => (
          <div
            key={day.day}
            className={styles.day}
            title={
              day.measuredS === 0
                ? `${day.day}: ${say.unknown}`
                : say.bar(day.day, written(energy(gridWh)), written(energy(ownWh)))
            }
          >
            <div className={styles.bar} data-unknown={day.measuredS === 0 ? "" : undefined}>
              <span data-part="own" style={{ height: `${(100 * ownWh) / scaleWh}%` }} />
              <span data-part="grid" style={{ height: `${(100 * gridWh) / scaleWh}%` }} />
            </div>
            <span className={styles.name}>
              {i % every === 0 && nameOf(day.day, days.length).map((part) => <span key={part}>{part}</span>)}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** In two short lines: a week of them fits on a phone. */
function nameOf(day: string, days: number): readonly [string, string] {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return [day, ""];
  return [(days <= 8 ? weekday : month).format(at), dayOfMonth.format(at)];
}
