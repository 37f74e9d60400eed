/** What happened at the site, in words, newest first. New lines are announced to nobody: the page is open all day. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Observation } from "../api/shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { clockTime, exactTime } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { Notice } from "../shell/problem-view.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import styles from "./happened.module.css";
import { toldOf } from "./sentence.ts";

const SHOWN = 14;

export function Happened({ recent, site }: { recent: readonly Observation[]; site: string }) {
  const say = words.happened;
  return (
    <Panel title={say.title}>
      <HappenedList recent={recent} site={site} empty={<Notice title={say.empty}>{say.emptyHelp}</Notice>} />
    </Panel>
  );
}

type ListProps = {
  recent: readonly Observation[];
  empty: React.ReactNode;
  site?: string;
  shown?: number;
  /** Names what each is about, for a list that is not about one site. */
  subject?: (seen: Observation) => React.ReactNode;
};

/** Without `site` and `subject` no station is named: the list is about one. */
export function HappenedList({ recent, site, empty, shown = SHOWN, subject }: ListProps) {
  const [all, setAll] = useState(false);
  const told = recent.flatMap((seen) => {
    const it = toldOf(seen);
    return it === undefined ? [] : [{ seen, ...it }];
  });
  if (told.length === 0) return empty;
  return (
    <>
      <ol className={styles.list}>
        {(all ? told : told.slice(0, shown)).map(({ seen, text, tone }) => (
          <li key={seen.seq} className={styles.item}>
            <time
              className={styles.time}
              dateTime={new Date(seen.atMs).toISOString()}
              title={exactTime(seen.atMs)}
            >
              {clockTime(seen.atMs)}
            </time>
            <Glyph shape={shapeOf[tone]} tone={tone} />
            <span className={styles.text}>
              {subject?.(seen)}
              {site !== undefined && <Subject seen={seen} site={site} />} {text}
              {!seen.live && (
                <span className={styles.later} title={words.happened.laterHelp}>
                  {words.happened.later}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {told.length > shown && (
        <button type="button" className={styles.more} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? words.happened.fewer : words.happened.more}
        </button>
      )}
    </>
  );
}

function Subject({ seen, site }: { seen: Observation; site: string }) {
  if (seen.station === undefined) return <strong>{words.happened.site}</strong>;
  return (
    <Link
      to="/sites/$site/stations/$station"
      params={{ site, station: seen.station }}
      search={(before) => before}
      resetScroll={false}
    >
      {seen.station}
    </Link>
  );
}

const shapeOf: Readonly<Record<Tone, Shape>> = {
  well: "charging",
  care: "care",
  danger: "danger",
  calm: "dot",
  off: "dot",
};
