/** What needs a person, the worst first, each with its way on; one quiet line when nothing does. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Glyph } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { words } from "../strings/en.ts";
import styles from "./attention.module.css";
import { type Need, needsOf } from "./needs.ts";

const SHOWN = 4;

export function Attention({ live }: { live: LiveSite }) {
  const nowMs = useNow();
  const [all, setAll] = useState(false);
  const needs = needsOf(live, nowMs);
  if (needs.length === 0) {
    return (
      <p className={styles.well}>
        <Glyph shape="well" tone="well" />
        {words.site.well}
      </p>
    );
  }
  const shown = all ? needs : needs.slice(0, SHOWN);
  return (
    <section className={styles.box} aria-label={words.site.needs(needs.length)}>
      <h2 className={styles.title}>{words.site.needs(needs.length)}</h2>
      <ul className={styles.list}>
        {shown.map((need) => (
          <li key={keyOf(need)}>
            <Row need={need} site={live.site.id} />
          </li>
        ))}
      </ul>
      {needs.length > SHOWN && (
        <button type="button" className={styles.more} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? words.attention.fewer : words.attention.more(needs.length - SHOWN)}
        </button>
      )}
    </section>
  );
}

function Row({ need, site }: { need: Need; site: string }) {
  const danger = need.kind === "faulted" || need.kind === "blocked" || need.kind === "link-down";
  const body = (
    <>
      <Glyph shape={danger ? "danger" : "care"} tone={danger ? "danger" : "care"} />
      <span className={styles.text}>{textOf(need)}</span>
      {"sinceMs" in need && need.sinceMs !== null && (
        <span className={styles.age}>
          <Age sinceMs={need.sinceMs} />
        </span>
      )}
    </>
  );
  if (!("station" in need)) return <div className={styles.row}>{body}</div>;
  return (
    <Link
      className={styles.row}
      to="/sites/$site/stations/$station"
      params={{ site, station: need.station }}
      search={(before) => before}
      resetScroll={false}
    >
      {body}
      <span className={styles.go} aria-hidden="true">
        ›
      </span>
    </Link>
  );
}

function textOf(need: Need): string {
  const say = words.attention;
  switch (need.kind) {
    case "link-down":
      return say.linkDown;
    case "link-never":
      return say.linkNever;
    case "clock":
      return say.clock;
    case "faulted":
      return say.faulted(need.station, need.code);
    default:
      return say[need.kind](need.station);
  }
}

const keyOf = (need: Need): string =>
  "station" in need ? `${need.kind} ${need.station} ${need.sinceMs ?? ""}` : need.kind;
