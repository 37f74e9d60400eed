/** One curve with its name: the limit now, its line, and its steps in words for whoever cannot see the line. */
import { nearTime } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { words } from "../strings/en.ts";
import { named, spaced } from "../strings/en-codes.ts";
import { CurveChart, limitText } from "./curve-chart.tsx";
import { type Curve, limitAt, type Window } from "./curves.ts";
import styles from "./profiles.module.css";

const say = words.stationPage.profiles;
const STEPS_LISTED = 24;

export function CurveCard({ curve, window, nowMs }: { curve: Curve; window: Window; nowMs: number }) {
  // The chart moves on by the minute, the limit with the second.
  const limit = limitAt(curve, useNow());
  const title = titleOf(curve);
  return (
    <article className={styles.card} aria-label={title}>
      <div className={styles.head}>
        <h3 className={styles.name}>{title}</h3>
        {limit === undefined ? (
          <span className={styles.none}>{say.noLimit}</span>
        ) : (
          <span className={styles.limit}>{limitText(curve, limit)}</span>
        )}
      </div>
      <p className={styles.note}>
        {factsOf(curve).join(" · ")}
        {", "}
        <Age sinceMs={curve.atMs} /> {words.ago}
      </p>
      {curve.assumed && <p className={styles.note}>{say.assumed}</p>}
      {curve.steps.length === 0 ? (
        <p className={styles.note}>{say.nothingInSpan}</p>
      ) : (
        <>
          <CurveChart curve={curve} window={window} nowMs={nowMs} label={say.chart(title)} />
          <Steps curve={curve} nowMs={nowMs} />
        </>
      )}
    </article>
  );
}

function titleOf({ source, purpose }: Curve): string {
  if (source === "composed") return say.composedTitle;
  if (source === "given") return say.givenTitle;
  if (source === "car") return say.carTitle;
  return purpose === null ? dashless : (named(say.purposes, purpose) ?? spaced(purpose));
}
const dashless = words.stationPage.profiles.title;

function factsOf({ evse, purpose, stackLevel, kind, source }: Curve): readonly string[] {
  return [
    evse === 0 ? say.whole : say.evse(evse),
    purpose,
    stackLevel === null ? null : say.level(stackLevel),
    kind,
    say.sources[source],
  ].filter((fact) => fact !== null);
}

function Steps({ curve, nowMs }: { curve: Curve; nowMs: number }) {
  const shown = curve.steps.slice(0, STEPS_LISTED);
  return (
    <details className={styles.steps}>
      <summary>
        {say.steps}: {curve.steps.length}
      </summary>
      <ul>
        {shown.map(({ fromMs, toMs, limit }) => (
          <li key={fromMs}>
            <span>{say.stepUntil(nearTime(fromMs, nowMs), nearTime(toMs, nowMs))}</span>
            <span>{limitText(curve, limit)}</span>
          </li>
        ))}
      </ul>
      {curve.steps.length > shown.length && say.moreSteps(curve.steps.length - shown.length)}
    </details>
  );
}
