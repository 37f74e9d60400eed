/** Energy, cost and self-consumption by day, in figures, bars and a table; and how wrong the forecasts are. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { EnergyDay, EnergyDays, EnergySnapshot } from "../api/energy-shapes.ts";
import { Figure } from "../display/figure.tsx";
import { Panel } from "../display/panel.tsx";
import { dash, energy, power, type Quantity, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { PageLoading } from "../shell/page-title.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { DayBars } from "./day-bars.tsx";
import {
  byMode,
  costPerKwh,
  lastDays,
  measuredShare,
  money,
  ownShare,
  peakOf,
  type Sums,
  solarKept,
  spanOfDays,
  sumsOf,
  totalOf,
} from "./days.ts";
import styles from "./history.module.css";
import { Key } from "./key.tsx";
import { modeName } from "./mode.ts";
import { ModeHistory } from "./mode-history.tsx";

const say = words.energy.history;
const keyParts = [
  { part: "own", name: say.fromOwn },
  { part: "grid", name: say.fromGrid },
] as const;
const AGAIN_MS = 60_000;
const lengths = { week: 7, month: 30, quarter: 90 } as const;

export function History({ site, snapshot }: { site: string; snapshot: EnergySnapshot | undefined }) {
  const search = useSearch({ from: "/frame/sites/$site" });
  const range = search.days ?? "week";
  const asked = useDays(site, lengths[range]);
  return (
    <>
      <div className={styles.range}>
        <Choices
          label={say.days}
          name="days"
          chosen={search.days}
          choices={[
            { value: undefined, text: say.range.week },
            { value: "month", text: say.range.month },
            { value: "quarter", text: say.range.quarter },
          ]}
        />
      </div>
      {asked.data === undefined ? (
        asked.error === null ? (
          <PageLoading />
        ) : (
          <Failed error={asked.error} retry={() => void asked.refetch()} />
        )
      ) : (
        <Days told={asked.data} site={site} />
      )}
      <div className={styles.beside}>
        <ModeHistory site={site} />
        {snapshot !== undefined && <ForecastError error={snapshot.forecastError} />}
      </div>
    </>
  );
}

/** The last so many days of the site's calendar, today among them. */
function useDays(site: string, days: number) {
  const { api } = useServices();
  const nowMs = useNow();
  const { fromMs, toMs } = spanOfDays(days, nowMs);
  const asked = useQuery({
    queryKey: ["site-days", site, fromMs, toMs],
    queryFn: () => api.energy.days(site, { fromMs, toMs }),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  });
  return { ...asked, data: asked.data && lastDays(asked.data, days, nowMs) };
}

function Days({ told, site }: { told: EnergyDays; site: string }) {
  const search = useSearch({ from: "/frame/sites/$site" });
  const navigate = useNavigate({ from: "/sites/$site" });
  if (told.days.length === 0) return <Notice title={say.none}>{say.noneHelp}</Notice>;
  const newestFirst = [...told.days].reverse();
  return (
    <>
      <Totals told={told} />
      <Panel title={say.title} end={<Key className={styles.key} parts={keyParts} />}>
        <DayBars days={told.days} />
      </Panel>
      <Listing
        label={say.title}
        search={search}
        set={(change) =>
          void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })
        }
        hint={say.find}
        filter={null}
        shown={matching(newestFirst, search.find ?? "", ({ day }) => `${day} ${dayName(day)}`)}
        all={told.days.length}
        columns={columnsFor(told.currency)}
        fileName={`${site}-energy`}
        keyOf={({ day }) => day}
        noneFound={<Notice title={say.none} />}
      />
    </>
  );
}

const percent = (share: number | undefined): Quantity =>
  share === undefined ? { figure: dash, unit: "%" } : { figure: String(Math.round(share * 100)), unit: "%" };

function Totals({ told }: { told: EnergyDays }) {
  const sums = totalOf(told.days);
  const measured = measuredShare(sums) ?? 0;
  const peak = peakOf(told.days);
  const modes = byMode(told.days).filter(({ wh }) => wh > 0);
  return (
    <div className={styles.totals}>
      <Total name={say.cars} of={energy(sums.carsWh)} />
      <Total name={say.cost} text={money(sums.costMilliCent, told.currency)} />
      <Total name={say.costPerKwh} text={money(costPerKwh(sums), told.currency, 3)} />
      <Total name={say.own} of={percent(ownShare(sums))} help={say.ownHelp} />
      <Total name={say.ownUse} of={percent(solarKept(sums))} help={say.ownUseHelp} />
      <Total
        name={say.peak}
        of={power(peak?.importW)}
        help={peak === undefined ? say.peakHelp : `${dayName(peak.day)}. ${say.peakHelp}`}
      />
      {modes.length > 1 && (
        <div className={styles.modes}>
          <span className={styles.name}>{say.byMode}</span>
          {modes.map(({ mode, wh }) => (
            <span key={mode}>
              {modeName(mode)} <strong>{written(energy(wh))}</strong>
            </span>
          ))}
        </div>
      )}
      {measured < 0.985 && <p className={styles.partly}>{say.partly(Math.floor(measured * 100))}</p>}
    </div>
  );
}

function Total({ name, of, text, help }: { name: string; of?: Quantity; text?: string; help?: string }) {
  return (
    <div className={styles.total} title={help}>
      <span className={styles.name}>{name}</span>
      {of === undefined ? <span className={styles.text}>{text}</span> : <Figure of={of} size="tile" />}
    </div>
  );
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
/** A day of the site's calendar has no instant: it is written as it is. */
const dayName = (day: string): string => {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : dayFormat.format(at);
};

type Of = (day: EnergyDay) => number;
const wh = (id: string, title: string, of: Of, wide = false): Column<EnergyDay> => ({
  id,
  title,
  share: 2,
  number: true,
  wide,
  cell: (day) => (day.measuredS === 0 ? dash : written(energy(of(day)))),
  value: (day) => (day.measuredS === 0 ? null : of(day)),
});
const share = (id: string, title: string, of: (sums: Sums) => number | undefined): Column<EnergyDay> => ({
  id,
  title,
  share: 1.6,
  number: true,
  wide: true,
  cell: (day) => written(percent(of(sumsOf(day)))),
  value: (day) => of(sumsOf(day)) ?? null,
});

const columnsFor = (currency: string | null): readonly Column<EnergyDay>[] => [
  {
    id: "day",
    title: say.day,
    share: 2.4,
    cell: ({ day }) => <strong title={day}>{dayName(day)}</strong>,
    value: ({ day }) => day,
  },
  wh("cars", say.cars, ({ carsWh }) => carsWh),
  wh("building", say.building, ({ buildingWh }) => buildingWh, true),
  wh("solar", say.solar, ({ solarWh }) => solarWh, true),
  wh("import", say.import, ({ importWh }) => importWh),
  {
    id: "peak",
    title: say.peak,
    share: 1.8,
    number: true,
    wide: true,
    cell: ({ peakImportW }) => (peakImportW === null ? dash : written(power(peakImportW))),
    value: ({ peakImportW }) => peakImportW,
  },
  wh("export", say.export, ({ exportWh }) => exportWh, true),
  share("kept", say.ownUse, solarKept),
  share("own", say.own, ownShare),
  {
    id: "cost",
    title: say.cost,
    share: 1.8,
    number: true,
    cell: (day) => (day.measuredS === 0 ? dash : money(day.costMilliCent, currency)),
    value: (day) => (day.measuredS === 0 ? null : day.costMilliCent / 100_000),
  },
  share("measured", say.measured, measuredShare),
];

/** None is told as 0 until a forecast was held against what came of it: no forecast is right to the last watt. */
const meanOf = (mean: number | undefined, told: (mean: number) => string): string =>
  mean === undefined || mean === 0 ? say.error.unknown : `± ${told(mean)}`;

function errorRows(
  error: NonNullable<EnergySnapshot["forecastError"]>,
): readonly (readonly [string, string])[] {
  const told = say.error;
  const { loadW, solarW, departureMin, takenWh, arrivals } = error;
  return [
    [told.loadW, meanOf(loadW, (w) => written(power(w)))],
    [told.solarW, meanOf(solarW, (w) => written(power(w)))],
    [told.departureMin, meanOf(departureMin, (minutes) => told.minutes(Math.round(minutes)))],
    [told.takenWh, meanOf(takenWh, (wh) => written(energy(wh)))],
    [told.arrivals, meanOf(arrivals, (cars) => told.cars(Number(cars.toPrecision(2))))],
  ];
}

function ForecastError({ error }: { error: EnergySnapshot["forecastError"] }) {
  const told = say.error;
  return (
    <Panel title={told.title}>
      {error === undefined || Object.values(error).every((mean) => mean === 0) ? (
        <p className={styles.quiet}>{told.none}</p>
      ) : (
        <>
          <dl className={styles.errors}>
            {errorRows(error).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p className={styles.quiet}>{told.lead}</p>
        </>
      )}
    </Panel>
  );
}
