/** What needs a person at this site, as the first page has it, each with its next step; one quiet line when nothing does. */
import { useSearch } from "@tanstack/react-router";
import type { EnergySnapshot } from "../api/energy-shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { freshnessOf } from "../energy/freshness.ts";
import type { LiveSite } from "../live/live-site.ts";
import { weightsOf } from "../now/needs.ts";
import { NeedsList } from "../now/needs-list.tsx";
import { useNowOfSite } from "../now/use-now.ts";
import { sentenceOf } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import styles from "./attention.module.css";

type Props = { readonly live: LiveSite; readonly snapshot: EnergySnapshot | undefined };

export function Attention({ live, snapshot }: Props) {
  const unheard = useUnheard({ live, snapshot });
  const site = live.site.id;
  const { all } = useSearch({ from: "/frame/sites/$site" });
  const { data, error } = useNowOfSite(site, live.recent);
  if (data !== undefined) {
    const { danger, attention, waits } = weightsOf(data.now);
    if (danger + attention + waits > 0) return <NeedsList now={data.now} all={all} at={site} />;
  }
  // What was well a while ago is not said to be well now.
  if (error !== null) {
    return (
      <p className={styles.line} role="status">
        <Glyph shape="unknown" tone="off" />
        {words.site.needsUnknown(sentenceOf(error))}
      </p>
    );
  }
  if (data === undefined) return <p className={styles.line}>{words.loading}</p>;
  if (unheard !== undefined) {
    return (
      <p className={styles.line} role="status">
        <Glyph shape="unknown" tone="off" />
        {unheard}
      </p>
    );
  }
  return (
    <p className={styles.line}>
      <Glyph shape="well" tone="well" />
      {words.now.well}
    </p>
  );
}

/** Why nobody knows whether all is well there, until the list of needs says so too. */
function useUnheard({ live, snapshot }: Props): string | undefined {
  const nowMs = useNow();
  const { connected, seenAtMs } = live.site;
  if (!connected && seenAtMs !== null) return words.site.wellUnlinked;
  const isStale = snapshot !== undefined && freshnessOf(snapshot.atWallMs, nowMs) === "stale";
  return isStale ? words.site.wellSilent : undefined;
}
