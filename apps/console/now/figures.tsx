/** The whole of it in four figures: what is drawn, what charges, what today has brought, what is connected. */
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Now } from "../api/shapes.ts";
import { Figure } from "../display/figure.tsx";
import { span } from "../display/instant.ts";
import { energy, power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { AGED_MS } from "../site/power-now.ts";
import { words } from "../strings/en.ts";
import styles from "./figures.module.css";

/** `narrow`: beside something else, one below the other where the page is wide. */
export function Figures({ now: { fleet, sites }, narrow = false }: { now: Now; narrow?: boolean }) {
  const say = words.now;
  const away = fleet.stations - fleet.stationsConnected;
  return (
    <dl className={`${styles.strip} ${narrow ? styles.beside : ""}`}>
      <Fact name={say.power} below={<PowerNote fleet={fleet} sites={sites} />}>
        <Figure of={power(fleet.powerW)} size="hero" />
      </Fact>
      <Fact name={say.sessions} to="/sessions" search={{}} below={say.begun(fleet.sessionsToday)}>
        <Figure of={{ figure: String(fleet.sessionsOpen), unit: say.open }} size="hero" />
      </Fact>
      <Fact name={say.energy} below={fleet.energyTodayWh === null ? say.energyNone : say.sinceMidnight}>
        <Figure of={energy(fleet.energyTodayWh)} size="hero" />
      </Fact>
      <Fact
        name={say.stations}
        to="/stations"
        search={away > 0 ? { connected: "no" } : {}}
        below={fleet.stations === 0 ? say.noStations : away === 0 ? say.allConnected : say.notConnected(away)}
      >
        <Figure
          of={{ figure: String(fleet.stationsConnected), unit: say.ofStations(fleet.stations) }}
          size="hero"
        />
      </Fact>
    </dl>
  );
}

type FactProps = {
  name: string;
  children: ReactNode;
  below: ReactNode;
  to?: string;
  search?: Readonly<Record<string, string>>;
};

/** With a place that the console has, the whole block leads there. */
function Fact({ name, children, below, to, search }: FactProps) {
  const router = useRouter();
  const leads = to !== undefined && Object.hasOwn(router.routesByPath, to);
  return (
    <div className={styles.fact}>
      <dt className={styles.name}>
        {leads ? (
          <Link to={to} search={search as never} className={styles.link}>
            {name}
            <span aria-hidden="true" className={styles.go}>
              ›
            </span>
          </Link>
        ) : (
          name
        )}
      </dt>
      <dd className={styles.value}>{children}</dd>
      <dd className={styles.below}>{below}</dd>
    </div>
  );
}

/** What the figure counts; its age once it is older than it should be, and what it leaves out. */
function PowerNote({ fleet, sites }: Pick<Now, "fleet" | "sites">) {
  const nowMs = useNow();
  const say = words.now;
  const told = fleet.sessionsOpen - fleet.sessionsDark;
  if (fleet.sessionsOpen === 0) return say.powerIdle;
  if (fleet.powerW === null || fleet.powerAtMs === null) return say.powerNone;
  const ageMs = nowMs - fleet.powerAtMs;
  if (ageMs > AGED_MS) return <span className={styles.care}>{say.old(span(ageMs))}</span>;
  const unlinkedW = sites.reduce(
    (w, { connected, powerW }) => w + (connected === false ? (powerW ?? 0) : 0),
    0,
  );
  if (unlinkedW > 0)
    return <span className={styles.care}>{say.powerUnlinked(written(power(unlinkedW)))}</span>;
  return fleet.sessionsDark === 0 ? say.powerOf(told) : say.powerDark(fleet.sessionsDark);
}
