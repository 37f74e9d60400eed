/** What happened last, anywhere: each names its station, with its site, or its site. */
import { Link, useRouter } from "@tanstack/react-router";
import type { Observation } from "../api/shapes.ts";
import { Panel } from "../display/panel.tsx";
import { HappenedList } from "../happened/happened.tsx";
import { toldOf } from "../happened/sentence.ts";
import { words } from "../strings/en.ts";
import styles from "./just-now.module.css";
import { stationAddress } from "./next-step.ts";
import { useHappened } from "./use-now.ts";

const SHOWN = 9;

export function JustNow() {
  const happened = useHappened();
  if (happened === undefined) return null;
  return (
    <Panel title={words.now.happened} className={styles.panel}>
      <HappenedList
        recent={happened.filter(isNews)}
        shown={SHOWN}
        empty={<p className={styles.none}>{words.now.nothingHappened}</p>}
        subject={(seen) => <Subject seen={seen} />}
      />
    </Panel>
  );
}

/** Across a fleet, of what connectors report only what is not as it should be. */
function isNews(seen: Observation): boolean {
  if (seen.kind !== "station.status") return true;
  const tone = toldOf(seen)?.tone;
  return tone === "danger" || tone === "care";
}

function Subject({ seen: { station, site } }: { seen: Observation }) {
  const router = useRouter();
  if (station !== undefined) {
    const { to, search } = stationAddress(station, site ?? null, (path) =>
      Object.hasOwn(router.routesByPath, path),
    );
    return (
      <Link to={to} search={search as never}>
        {station}
      </Link>
    );
  }
  if (site === undefined || site === null) return <strong>{words.product}</strong>;
  return (
    <Link to="/sites/$site" params={{ site }}>
      {site}
    </Link>
  );
}
