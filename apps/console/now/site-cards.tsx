/** Every site at a glance: its link and mode, what it draws and drew in the last hour, what charges. */
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { Now, PowerPoint } from "../api/shapes.ts";
import { Figure } from "../display/figure.tsx";
import { Glyph } from "../display/glyph.tsx";
import { span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { energy, power, roundScale, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { useServices } from "../shell/services.tsx";
import { AGED_MS } from "../site/power-now.ts";
import { highest, pictureFromMs } from "../site/power-series.ts";
import { words } from "../strings/en.ts";
import styles from "./site-cards.module.css";
import { sparkOf } from "./spark.ts";

type SiteNow = Now["sites"][number];

/** More than these stand on the page of sites; each asks for its own past. */
const CARDS_MAX = 12;
const HOUR_MS = 3_600_000;
/** Fine enough that a site that has just begun has a line, and no more points than the picture is wide. */
const STEP_MS = 20_000;
const AGAIN_MS = 60_000;
const SCALE_W_LEAST = 11_000;

export function SiteCards({ sites }: { sites: readonly SiteNow[] }) {
  const say = words.now;
  const more = sites.length > CARDS_MAX;
  return (
    <Panel
      bare
      title={say.sites}
      end={more && <Link to="/sites">{say.allSites(sites.filter(({ id }) => id !== null).length)}</Link>}
    >
      <ul className={styles.cards}>
        {firstOf(sites).map((site) => (
          <li key={site.id ?? ""}>
            <Card site={site} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Where not all have room: those without link first, then those that draw most. */
export function firstOf(sites: readonly SiteNow[]): readonly SiteNow[] {
  if (sites.length <= CARDS_MAX) return sites;
  const rank = ({ connected }: SiteNow) => (connected === false ? 0 : 1);
  return [...sites]
    .sort((a, b) => rank(a) - rank(b) || (b.powerW ?? -1) - (a.powerW ?? -1))
    .slice(0, CARDS_MAX);
}

function Card({ site }: { site: SiteNow }) {
  const say = words.now;
  const facts = [
    say.siteStations(site.stationsConnected, site.stations),
    say.siteSessions(site.sessionsOpen),
    ...(site.energyTodayWh === null ? [] : [say.siteEnergy(written(energy(site.energyTodayWh)))]),
  ];
  return (
    <div className={styles.card}>
      <span className={styles.head}>
        <Link className={styles.name} {...addressOf(site)}>
          {site.id ?? say.withoutSite}
        </Link>
        <Mode site={site} />
      </span>
      {site.id === null ? (
        <Body site={site} facts={facts} />
      ) : (
        <WithPast id={site.id} site={site} facts={facts} />
      )}
    </div>
  );
}

type BodyProps = { site: SiteNow; facts: readonly string[]; most?: number | null };

function Body({ site, facts, most = null }: BodyProps) {
  const say = words.now;
  return (
    <>
      <span className={styles.power}>
        <Power site={site} />
        {most !== null && <span className={styles.most}>{say.most(written(power(most)))}</span>}
      </span>
      <span className={styles.facts}>
        {facts.join(" · ")}
        {site.connected === false && site.seenAtMs !== null && <> · {say.asLastTold}</>}
      </span>
    </>
  );
}

const addressOf = ({ id }: SiteNow): Pick<LinkProps, "to" | "params"> =>
  id === null ? { to: "/stations" } : { to: "/sites/$site", params: { site: id } };

/** How it hangs on the central system, and so how it is run. */
function Mode({ site }: { site: SiteNow }) {
  const say = words.now;
  if (site.connected === null) return <span className={styles.mode}>{say.direct}</span>;
  if (site.connected) {
    return (
      <span className={styles.mode}>
        <Glyph shape="well" tone="well" />
        {say.linked}
      </span>
    );
  }
  if (site.seenAtMs === null) {
    return (
      <span className={styles.mode}>
        <Glyph shape="pending" tone="calm" />
        {say.neverLinked}
      </span>
    );
  }
  return (
    <span className={`${styles.mode} ${styles.care}`} title={say.unlinkedHelp}>
      <Glyph shape="offline" tone="care" />
      <span>
        {say.unlinked} <Age sinceMs={site.seenAtMs} />
      </span>
    </span>
  );
}

/** A value that is older than it should be shows its age; what a site without link told last is old at once. */
function Power({ site: { powerW, powerAtMs, connected, sessionsDark } }: { site: SiteNow }) {
  const nowMs = useNow();
  const say = words.now;
  const ageMs = powerAtMs === null ? 0 : nowMs - powerAtMs;
  const late = powerW !== null && (connected === false || ageMs > AGED_MS);
  return (
    <>
      <Figure of={power(powerW)} size="tile" />
      {late && <span className={styles.late}>{say.old(span(ageMs))}</span>}
      {powerW !== null && !late && sessionsDark > 0 && (
        <span className={styles.last}>{say.powerDark(sessionsDark)}</span>
      )}
    </>
  );
}

/** The hour before, asked for once a minute. */
function WithPast({ id, site, facts }: { id: string; site: SiteNow; facts: readonly string[] }) {
  const { api, server } = useServices();
  const history = useQuery({
    queryKey: ["spark", id],
    queryFn: async () => {
      const toMs = Math.floor(server.nowMs() / STEP_MS) * STEP_MS;
      const points = await api.history(id, { fromMs: toMs - HOUR_MS, toMs, stepMs: STEP_MS });
      return { points, toMs };
    },
    refetchInterval: AGAIN_MS,
  });
  const past = highest(history.data?.points ?? []);
  // The past is means of steps: what is drawn at this moment may be above them all.
  const most = past === null ? null : Math.max(past, site.connected === true ? (site.powerW ?? 0) : 0);
  return (
    <>
      <Body site={site} facts={facts} most={most} />
      {history.data === undefined || most === null ? (
        <span className={styles.none}>{history.data === undefined ? "" : words.now.noHistory}</span>
      ) : (
        <Spark {...history.data} most={most} />
      )}
    </>
  );
}

type SparkProps = { points: readonly PowerPoint[]; toMs: number; most: number };

function Spark({ points, toMs, most }: SparkProps) {
  const say = words.now;
  const fromMs = pictureFromMs(points, toMs - HOUR_MS, toMs);
  const last = points.at(-1)?.atMs ?? toMs;
  const { line, area } = sparkOf(points, { fromMs, toMs: last, mostW: roundScale(most, SCALE_W_LEAST) });
  const label = `${say.lastHour}: ${say.most(written(power(most)))}`;
  return (
    <svg
      className={styles.spark}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path className={styles.area} d={area} />
      <path className={styles.line} d={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
