/** Power now: what the site draws in all, and how it parts among its stations; ribbons and bars to one scale. */
import { Link } from "@tanstack/react-router";
import { Figure } from "../display/figure.tsx";
import { span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { power, roundScale, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { words } from "../strings/en.ts";
import styles from "./flow.module.css";
import { drawnBy, type FlowRow, flowRows, ribbonsOf } from "./flow-rows.ts";
import { powerNow } from "./power-now.ts";

const ROW = 28;
const WIDTH = 120;
const WIDEST = 22;
const SCALE_W_LEAST = 11_000;

export function Flow({ stations, site }: { stations: LiveSite["stations"]; site: string }) {
  const nowMs = useNow();
  const now = powerNow(stations.values(), nowMs);
  const rows = flowRows(now);
  const most = Math.max(0, ...rows.map((row) => (row.kind === "station" ? (row.powerW ?? 0) : 0)));
  const scaleW = roundScale(most, SCALE_W_LEAST);
  return (
    <Panel title={words.power.now} end={rows.length > 0 ? words.power.scale(scaleW / 1000) : undefined}>
      <div className={styles.flow}>
        <div className={styles.total}>
          <Figure of={power(now.totalW)} size="hero" />
          <span className={styles.cars}>{summary(now.totalW, now.flowing)}</span>
        </div>
        {rows.length > 0 && <Ribbons rows={rows} />}
        <ul className={styles.rows}>
          {rows.map((row) => (
            <li key={row.kind === "others" ? "others" : row.station} className={styles.row}>
              <Row row={row} scaleW={scaleW} nowMs={nowMs} site={site} />
            </li>
          ))}
        </ul>
      </div>
      {(now.aged > 0 || now.lost > 0) && (
        <p className={styles.note}>{words.power.counted(now.aged, now.lost)}</p>
      )}
    </Panel>
  );
}

function summary(totalW: number | null, flowing: number): string {
  if (totalW === null) return words.power.none;
  return flowing === 0 ? words.power.idle : words.power.drawnBy(flowing);
}

function Ribbons({ rows }: { rows: readonly FlowRow[] }) {
  const height = rows.length * ROW;
  const ribbons = ribbonsOf(rows, { rowHeight: ROW, widest: WIDEST, least: 1.5 });
  return (
    <svg
      className={styles.ribbons}
      height={height}
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {ribbons.map(({ index, y0, y1, width }) => (
        <path
          key={index}
          d={`M0 ${y0} C${WIDTH * 0.55} ${y0} ${WIDTH * 0.4} ${y1} ${WIDTH} ${y1}`}
          strokeWidth={width}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}

type RowProps = { row: FlowRow; scaleW: number; nowMs: number; site: string };

function Row({ row, scaleW, nowMs, site }: RowProps) {
  if (row.kind === "others") {
    return (
      <>
        <span className={styles.others}>{words.power.others(row.count)}</span>
        <span className={styles.value}>{written(power(row.powerW))}</span>
      </>
    );
  }
  return (
    <>
      <Link
        className={styles.station}
        to="/sites/$site/stations/$station"
        params={{ site, station: row.station }}
        search={(before) => before}
        resetScroll={false}
      >
        {row.station}
      </Link>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.bar} style={{ width: `${(100 * drawnBy(row)) / scaleW}%` }} />
      </span>
      <span className={styles.value}>
        {row.freshness === "aged" && (
          <span className={styles.age}>{words.power.old(span(nowMs - (row.atMs ?? nowMs)))} </span>
        )}
        {written(power(row.freshness === "lost" ? null : row.powerW))}
      </span>
    </>
  );
}
