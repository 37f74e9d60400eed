/** Above a site's page: degraded modes, a site on its own, limits from outside; each with since when, what it means and what to do. */
import type { EnergySnapshot } from "../api/energy-shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { words } from "../strings/en.ts";
import { warningsOf } from "./mode.ts";
import styles from "./warnings.module.css";

const say = words.energy.mode;

export function Warnings({ snapshot }: { snapshot: EnergySnapshot }) {
  const warnings = warningsOf(snapshot, useNow());
  return (
    <div role="status" className={styles.place}>
      {warnings.map(({ key, tone, title, sentences, sinceMs }) => (
        <div key={key} className={styles.warning} data-tone={tone}>
          <Glyph shape={tone} tone={tone} />
          <div>
            <strong>{title}</strong>
            {sinceMs !== undefined && (
              // Announced once: a screen reader must not read every second of the age.
              <span aria-hidden="true" className={styles.since}>
                {" "}
                {say.during} <Age sinceMs={sinceMs} />
              </span>
            )}
            {sentences.length > 0 && <p>{sentences.join(" ")}</p>}
          </div>
        </div>
      ))}
    </div>
  );
}
