/** In which mode the site was managed since when and why; and what each mode means. */
import { useQuery } from "@tanstack/react-query";
import { Glyph } from "../display/glyph.tsx";
import { Panel } from "../display/panel.tsx";
import { At } from "../display/time.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { modeName, toneOfMode } from "./mode.ts";
import styles from "./mode-history.module.css";

const say = words.energy.mode;
const SHOWN = 12;
const AGAIN_MS = 15_000;

export function ModeHistory({ site }: { site: string }) {
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: ["site-modes", site],
    queryFn: () => api.energy.modes(site, { most: SHOWN }),
    refetchInterval: AGAIN_MS,
  });
  return (
    <Panel title={say.history}>
      {data !== undefined && data.length === 0 && <p className={styles.quiet}>{say.noChange}</p>}
      <ul className={styles.list}>
        {data?.map(({ seq, atMs, mode, reason, islanded }) => (
          <li key={seq}>
            <span className={styles.at}>
              <At atMs={atMs} />
            </span>
            <ModeGlyph mode={mode} />
            <span>
              <strong>{modeName(mode)}</strong>
              {islanded && `, ${say.islanded.toLowerCase()}`} <span className={styles.quiet}>{reason}</span>
            </span>
          </li>
        ))}
      </ul>
      <details className={styles.all}>
        <summary>{say.all}</summary>
        <dl>
          {Object.entries(say.means).map(([mode, means]) => (
            <div key={mode}>
              <dt>
                <ModeGlyph mode={mode} />
                {modeName(mode)}
              </dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}

function ModeGlyph({ mode }: { mode: string }) {
  const tone = toneOfMode(mode);
  return <Glyph shape={tone === "danger" ? "danger" : tone === "care" ? "care" : "well"} tone={tone} />;
}
