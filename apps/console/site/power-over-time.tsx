/** Power over the last half hour or hour, with its peak and energy; under the pointer, the value of that moment. */
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { PowerPoint } from "../api/shapes.ts";
import { clockTime } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { energy, power, written } from "../display/quantity.ts";
import type { LiveSite } from "../live/live-site.ts";
import { words } from "../strings/en.ts";
import { PowerChart } from "./power-chart.tsx";
import styles from "./power-over-time.module.css";
import { energyUnder, highest } from "./power-series.ts";
import { defaultSpan, spansMinutes } from "./search.ts";
import { usePowerPoints } from "./use-power-points.ts";

export function PowerOverTime({ site, stations }: { site: string; stations: LiveSite["stations"] }) {
  const { minutes = defaultSpan } = useSearch({ from: "/frame/sites/$site" });
  const series = usePowerPoints(site, stations, minutes);
  const [pointed, setPointed] = useState<PowerPoint>();
  const most = highest(series.points);
  const latest = series.points.at(-1)?.powerW ?? null;
  return (
    <Panel title={words.power.over} end={<Span minutes={minutes} />}>
      <div className={styles.readout}>
        {pointed === undefined ? (
          <>
            <Fact name={words.power.most} value={written(power(most))} />
            <Fact name={words.power.energy} value={written(energy(energyUnder(series.points)))} />
          </>
        ) : (
          <Fact name={clockTime(pointed.atMs)} value={written(power(pointed.powerW))} />
        )}
      </div>
      <div className={styles.place}>
        <PowerChart
          {...series}
          label={words.power.chartLabel(minutes, written(power(latest)), written(power(most)))}
          onPoint={setPointed}
        />
        {most === null && !series.loading && <p className={styles.empty}>{words.power.noHistory}</p>}
      </div>
      {series.failed && <p className={styles.failed}>{words.power.historyFailed}</p>}
    </Panel>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <span className={styles.fact}>
      {name} <strong>{value}</strong>
    </span>
  );
}

function Span({ minutes }: { minutes: number }) {
  const navigate = useNavigate();
  return (
    <SegmentedControl
      size="xs"
      aria-label={words.power.spanLabel}
      classNames={{ root: styles.span ?? "", indicator: styles.indicator ?? "", label: styles.label ?? "" }}
      value={String(minutes)}
      transitionDuration={0}
      onChange={(value) => {
        const chosen = spansMinutes.find((span) => String(span) === value) ?? defaultSpan;
        void navigate({
          to: ".",
          search: (before) => ({ ...before, minutes: chosen }),
          replace: true,
          resetScroll: false,
        });
      }}
      data={spansMinutes.map((span) => ({ value: String(span), label: words.power.spanOption(span) }))}
    />
  );
}
