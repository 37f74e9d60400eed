/** Charging profiles as curves: what a station has, what it makes of it, and what others gave it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Session } from "../api/shapes.ts";
import { type Plan, type Version, versionOf } from "../commands/plan.ts";
import { useNow } from "../display/ticking.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { Ask } from "./ask.tsx";
import { CurveCard } from "./curve-card.tsx";
import { type Curve, composedCurves, profileCurves, toldCurves, type Window } from "./curves.ts";
import { MayAct } from "./overview.tsx";
import styles from "./profiles.module.css";
import { spans } from "./search.ts";
import type { PartProps } from "./use-seen.ts";

const say = words.stationPage.profiles;
const hour = 3_600_000;
const spanMs = { "2h": 2 * hour, "24h": 24 * hour, "7d": 168 * hour } as const;
/** The window moves on by this, so that a chart is not drawn every second. */
const STEP_MS = 60_000;
/** Commands among which the newest composite schedules are looked for. */
const COMPOSED_LOOKED_AT = 50;

export function Profiles({ detail, seen }: PartProps) {
  const { span = "24h" } = useSearch({ from: "/frame/stations/$station" });
  const nowMs = Math.floor(useNow() / STEP_MS) * STEP_MS;
  const window = { fromMs: nowMs - spanMs[span] / 8, toMs: nowMs + (spanMs[span] * 7) / 8 };
  const found = useCurves(detail.id, seen.seq, { window, sessions: seen.sessions });
  const version = versionOf(seen.view.station);
  const hours = spanMs[span] / hour;
  return (
    <>
      <div className={styles.bar}>
        <Choices
          label={say.span.label}
          name="span"
          chosen={span}
          choices={spans.map((value) => ({ value, text: say.span[value] }))}
        />
        <MayAct>
          {version !== undefined && (
            <Questions {...{ station: detail.id, version, hours, again: found.again }} />
          )}
        </MayAct>
      </div>
      {found.kind === "failed" ? (
        <Failed error={found.error} retry={found.again} />
      ) : found.kind === "loading" ? (
        <p className={styles.dim} role="status">
          {words.loading}
        </p>
      ) : (
        <Found {...found} window={window} nowMs={nowMs} />
      )}
    </>
  );
}

type FoundProps = {
  held: readonly Curve[];
  composed: readonly Curve[];
  others: readonly Curve[];
  window: Window;
  nowMs: number;
};

function Found({ held, composed, others, window, nowMs }: FoundProps) {
  if (held.length + composed.length + others.length === 0)
    return <Notice title={say.none}>{say.noneHelp}</Notice>;
  const cards = (curves: readonly Curve[]) => (
    <div className={styles.cards}>
      {curves.map((curve) => (
        <CurveCard key={curve.key} curve={curve} window={window} nowMs={nowMs} />
      ))}
    </div>
  );
  return (
    <>
      <section className={styles.section}>
        <h2 className={styles.heading}>{say.composed}</h2>
        <p className={styles.dim}>{composed.length === 0 ? say.noneComposed : say.composedHelp}</p>
        {composed.length > 0 && cards(composed)}
      </section>
      {held.length > 0 && (
        <section className={styles.section}>
          <h2 className={styles.heading}>{say.held}</h2>
          {cards(held)}
        </section>
      )}
      {others.length > 0 && (
        <section className={styles.section}>
          <h2 className={styles.heading}>{say.others}</h2>
          {cards(others)}
        </section>
      )}
    </>
  );
}

type Around = { window: Window; sessions: readonly Session[] };

function useCurves(station: string, seq: number, { window, sessions }: Around) {
  const { api } = useServices();
  const queries = useQueryClient();
  const kept = { placeholderData: <T,>(before: T) => before };
  const holds = useQuery({
    queryKey: ["station-holds", station, seq],
    queryFn: () => api.ofStation.holds(station),
    ...kept,
  });
  const told = useQuery({
    queryKey: ["station-told", station, seq],
    queryFn: () => api.ofStation.told(station),
    ...kept,
  });
  const asked = useQuery({
    queryKey: ["station-composed", station, seq],
    queryFn: () =>
      api.ofStation.commands({ station, action: "GetCompositeSchedule", most: COMPOSED_LOOKED_AT }),
    ...kept,
  });
  const again = () => {
    for (const key of ["station-holds", "station-told", "station-composed"])
      void queries.invalidateQueries({ queryKey: [key, station] });
  };
  if (holds.data === undefined || told.data === undefined || asked.data === undefined) {
    const error = holds.error ?? told.error ?? asked.error;
    return error === null ? { kind: "loading" as const, again } : { kind: "failed" as const, error, again };
  }
  return {
    kind: "found" as const,
    again,
    held: holds.data.profiles.flatMap((profile) => profileCurves(profile, sessions, window)),
    composed: composedCurves(asked.data, window),
    others: toldCurves(told.data, window),
  };
}

type Asking = { station: string; version: Version; hours: number; again: () => void };

/** 1.6 has no question for the profiles themselves (§5.7 asks for the composite schedule alone). */
function Questions({ station, version, hours, again }: Asking) {
  const { chance } = useServices();
  const duration = hours * 3600;
  const compose: Plan = {
    action: "GetCompositeSchedule",
    payload: version === "1.6" ? { connectorId: 0, duration } : { evseId: 0, duration },
  };
  return (
    <div className={styles.questions}>
      <Ask
        station={station}
        title={say.compose}
        effect={say.composeEffect(station, hours)}
        reason={say.composeReason}
        plan={compose}
        done={again}
      />
      {version !== "1.6" && (
        <Ask
          station={station}
          title={say.ask}
          effect={say.askEffect(station)}
          reason={say.askReason}
          // K09.FR.03: a criterion is required; every purpose that a station can have is one.
          plan={{
            action: "GetChargingProfiles",
            payload: {
              requestId: chance(),
              chargingProfile: { chargingLimitSource: ["CSO", "EMS", "SO", "Other"] },
            },
          }}
          done={again}
        />
      )}
    </div>
  );
}
