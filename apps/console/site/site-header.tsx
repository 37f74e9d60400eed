/** Which site this is, how it hangs on the CSMS, and what time it is. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { EnergySnapshot } from "../api/energy-shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { WallClock } from "../display/wall-clock.tsx";
import { modeNow, shapeOfMode } from "../energy/mode.ts";
import type { LiveSite } from "../live/live-site.ts";
import { useSites } from "../sites/use-sites.ts";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./site-header.module.css";

type Props = { readonly live: LiveSite; readonly snapshot: EnergySnapshot | undefined };

export function SiteHeader({ live, snapshot }: Props) {
  const { site, stations } = live;
  const connected = [...stations.values()].filter((station) => station.connected).length;
  return (
    <header className={styles.header}>
      <div className={styles.name}>
        <BackToSites />
        <h1 className={styles.title}>{site.id}</h1>
        <span className={styles.count}>
          {words.site.stations(stations.size)}
          {stations.size > 0 && <>, {words.site.connected(connected, stations.size)}</>}
        </span>
      </div>
      <div className={styles.pills}>
        <LinkPill connected={site.connected} seenAtMs={site.seenAtMs} />
        {snapshot !== undefined && <ModePill snapshot={snapshot} />}
        <ClockPill quality={site.clockQuality} connected={site.connected} />
      </div>
      <WallClock className={styles.clock} />
    </header>
  );
}

/** Only where there is more than one site to go back to. */
function BackToSites() {
  const sites = useSites();
  if ((sites.data?.length ?? 0) < 2) return null;
  return (
    <Link to="/sites" className={styles.back}>
      {words.sites.title}
      <span aria-hidden="true"> /</span>
    </Link>
  );
}

function LinkPill({ connected, seenAtMs }: { connected: boolean; seenAtMs: number | null }) {
  const text = connected ? words.site.linkUp : seenAtMs === null ? words.site.linkNever : words.site.linkDown;
  return (
    <Pill
      tone={connected ? "well" : "danger"}
      shape={connected ? "well" : "offline"}
      title={connected || seenAtMs === null ? undefined : words.site.linkDownHelp}
    >
      {text}
      {seenAtMs !== null && (
        <span className={styles.age}>
          {words.site.heard} <Age sinceMs={seenAtMs} /> {words.ago}
        </span>
      )}
    </Pill>
  );
}

/** Who decides there, and for how long; of a site that tells no more, who did, and how long ago that was told. */
function ModePill({ snapshot }: { snapshot: EnergySnapshot }) {
  const { tone, name, freshness } = modeNow(snapshot, useNow());
  const { means, during, lastTold } = words.energy.mode;
  return (
    <Pill
      tone={tone}
      shape={shapeOfMode(tone)}
      title={[snapshot.reason, named(means, snapshot.mode)].filter(Boolean).join(" ")}
    >
      {name}
      <span className={styles.age}>
        {freshness === "stale" ? (
          <>
            {lastTold} <Age sinceMs={snapshot.atWallMs} /> {words.ago}
          </>
        ) : (
          <>
            {during} <Age sinceMs={snapshot.modeSinceWallMs} />
          </>
        )}
      </span>
    </Pill>
  );
}

/** Of a site without link it is what its clock was: it may have drifted since. */
function ClockPill({ quality, connected }: { quality: string | null; connected: boolean }) {
  if (quality !== "synced" && quality !== "holdover" && quality !== "unknown") return null;
  const well = quality === "synced";
  if (!connected)
    return (
      <Pill tone="off" shape="unknown" title={words.site.linkDownHelp}>
        {words.site.clockWas[quality]}
      </Pill>
    );
  return (
    <Pill tone={well ? "well" : "care"} shape={well ? "well" : "care"} title={words.site.clockHelp[quality]}>
      {words.site.clock[quality]}
    </Pill>
  );
}

function Pill(props: { tone: Tone; shape: Shape; title?: string | undefined; children: ReactNode }) {
  return (
    <span className={styles.pill} title={props.title}>
      <Glyph shape={props.shape} tone={props.tone} />
      {props.children}
    </span>
  );
}
