/** The site's batteries: how full, what they do, what they were told and why; the meters that are not believed; and devices that fail. */
import type { BatteryNow, EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { Panel } from "../display/panel.tsx";
import { dash, power, written } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./sources.module.css";

const say = words.energy.batteries;

export function Batteries({ snapshot, site }: { snapshot: EnergySnapshot; site: Topology }) {
  if (snapshot.batteries.length === 0) return null;
  return (
    <Panel title={say.title}>
      <ul className={styles.list}>
        {snapshot.batteries.map((battery) => (
          <li key={battery.id}>
            <Battery battery={battery} reservePermille={reserveOf(site, battery.id)} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const reserveOf = ({ sources }: Topology, id: string): number | undefined => {
  const source = sources.find((one) => one.id === id);
  return source?.kind === "battery" ? source.reservePermille : undefined;
};

function Battery({ battery, reservePermille }: { battery: BatteryNow; reservePermille: number | undefined }) {
  const percent = Math.round(battery.chargePermille / 10);
  return (
    <div className={styles.battery}>
      <div className={styles.head}>
        <strong>{battery.id}</strong>
        <span className={styles.percent}>{words.energy.flow.charge(percent)}</span>
      </div>
      <div className={styles.track} role="img" aria-label={say.chargeLabel(battery.id, percent)}>
        <span className={styles.full} style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
        {reservePermille !== undefined && reservePermille > 0 && (
          <span
            className={styles.reserve}
            style={{ left: `${reservePermille / 10}%` }}
            title={say.reserve(Math.round(reservePermille / 10))}
          />
        )}
      </div>
      <dl className={styles.facts}>
        <dt>{say.feeds}</dt>
        <dd>{doing(battery.feedW)}</dd>
        <dt>{say.set}</dt>
        <dd>{battery.setW === undefined ? say.notSet : doing(battery.setW)}</dd>
        <dt>{say.why}</dt>
        <dd>{battery.why || dash}</dd>
      </dl>
    </div>
  );
}

function doing(feedW: number): string {
  const value = written(power(Math.abs(feedW)));
  if (Math.abs(feedW) < 50) return say.rests;
  return feedW > 0 ? say.discharges(value) : say.charges(value);
}

export function Meters({ snapshot }: { snapshot: EnergySnapshot }) {
  const refused = snapshot.meters.filter((meter) => meter.refused !== undefined);
  const told = words.energy.meters;
  if (snapshot.meters.length === 0) return null;
  return (
    <Panel
      title={told.title}
      end={refused.length > 0 ? told.refused(refused.length, snapshot.meters.length) : undefined}
    >
      {refused.length === 0 ? (
        <p className={styles.quiet}>
          <Glyph shape="well" tone="well" />
          {told.allTrusted(snapshot.meters.length)}
        </p>
      ) : (
        <>
          <ul className={styles.meters}>
            {refused.map(({ id, refused: why = "" }) => (
              <li key={id}>
                <Glyph shape="care" tone="care" />
                <span>
                  <strong>{id}</strong> {named(told.why, why) ?? why}
                </span>
              </li>
            ))}
          </ul>
          <p className={styles.dim}>{told.effect}</p>
        </>
      )}
    </Panel>
  );
}

const looks: Readonly<Record<string, { readonly shape: Shape; readonly tone: Tone }>> = {
  well: { shape: "well", tone: "well" },
  ailing: { shape: "care", tone: "care" },
  asleep: { shape: "well", tone: "well" },
  lost: { shape: "offline", tone: "danger" },
};

/** The Modbus devices behind the guard; those that are not well first. */
export function Devices({ snapshot: { devices } }: { snapshot: EnergySnapshot }) {
  if (devices === undefined || devices.length === 0) return null;
  const told = words.energy.devices;
  const sorted = [...devices].sort((a, b) => Number(a.state === "well") - Number(b.state === "well"));
  return (
    <Panel title={told.title}>
      <ul className={styles.meters}>
        {sorted.map(({ id, kind, state, sinceWallMs, detail, writes }) => (
          <li key={id}>
            <Glyph {...(looks[state] ?? { shape: "unknown", tone: "off" })} />
            <span>
              <strong>{id}</strong>{" "}
              <span className={styles.aside}>
                {named(told.kind, kind) ?? kind}, {named(told.state, state) ?? state}
                {state !== "well" && (
                  <>
                    {" "}
                    {words.energy.mode.during} <Age sinceMs={sinceWallMs} />
                  </>
                )}
                {writes !== undefined && `, ${told.writes(writes)}`}
              </span>
              {detail !== undefined && <span className={styles.detail}>{detail}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
