/** All sites, when there is more than one; the only one opens at once. */
import { Link, Navigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Site } from "../api/shapes.ts";
import { Figure } from "../display/figure.tsx";
import { Glyph } from "../display/glyph.tsx";
import { power } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import styles from "./sites-page.module.css";
import { useSites } from "./use-sites.ts";

export function SitesPage() {
  const sites = useSites();
  useEffect(() => {
    document.title = `${words.sites.title} · ${words.product}`;
  }, []);
  if (sites.data === undefined) {
    if (sites.error !== null) return <Failed page error={sites.error} retry={() => void sites.refetch()} />;
    return <p className={styles.loading}>{words.loading}</p>;
  }
  const [first] = sites.data;
  if (first === undefined) {
    return (
      <Notice page title={words.sites.empty}>
        {words.sites.emptyHelp}
        <br />
        <code>{words.sites.emptyCommand}</code>
      </Notice>
    );
  }
  if (sites.data.length === 1) return <Navigate to="/sites/$site" params={{ site: first.id }} replace />;
  return (
    <>
      <h1 className={styles.title}>{words.sites.title}</h1>
      <ul className={styles.list}>
        {sites.data.map((site) => (
          <li key={site.id}>
            <Card site={site} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Card({ site }: { site: Site }) {
  const say = words.sites;
  const never = !site.connected && site.seenAtMs === null;
  return (
    <Link to="/sites/$site" params={{ site: site.id }} className={styles.card}>
      <span className={styles.head}>
        <span className={styles.name}>{site.id}</span>
        <span className={styles.link}>
          <Glyph shape={site.connected ? "well" : "offline"} tone={site.connected ? "well" : "care"} />
          {site.connected ? say.linkUp : never ? say.neverLinked : say.linkDown}
          {!site.connected && site.seenAtMs !== null && <Age sinceMs={site.seenAtMs} />}
        </span>
      </span>
      <Figure of={power(site.powerW)} size="tile" />
      <span className={styles.facts}>
        {say.stations(site.stationsConnected, site.stations)} · {say.charging(site.charging)}
      </span>
    </Link>
  );
}
