/** The EVSEs of a station: each with its word, since when, and what it draws. */
import { StateGlyph } from "../display/glyph.tsx";
import { power, written } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { words } from "../strings/en.ts";
import styles from "./evse-list.module.css";
import type { StationView } from "./view.ts";

export function EvseList({ view }: { view: StationView }) {
  if (view.evses.length === 0) return <p className={styles.dim}>{words.stations.why.unknown}</p>;
  return (
    <ul className={styles.list}>
      {view.evses.map(({ evse, state, sinceMs, errorCode, session }) => (
        <li key={evse} className={styles.row}>
          <span>{words.stations.evse(evse)}</span>
          <span className={styles.state}>
            <StateGlyph state={state} />
            {words.stations.state[state]}
            {errorCode !== null && errorCode !== "NoError" && (
              <span className={styles.code}>{errorCode}</span>
            )}
          </span>
          <span className={styles.dim}>
            {sinceMs !== null && (
              <>
                {words.stations.since} <Age sinceMs={sinceMs} />
              </>
            )}
          </span>
          <span className={styles.power}>{session === undefined ? "" : written(power(session.powerW))}</span>
        </li>
      ))}
    </ul>
  );
}
