/** Why a session could not draw more, in words: profiles that its station holds, and limits that it was started with. */
import type { SessionDetail } from "../api/shapes.ts";
import { clockTime, minuteTime, span } from "../display/instant.ts";
import { energy, power, written } from "../display/quantity.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import type { Step } from "./bounds.ts";
import styles from "./session-curve.module.css";

const SHOWN_MAX = 6;
/** Closer than this, the seconds tell two apart. */
const MINUTE_MS = 60_000;
const say = words.session.curve;

type Props = { session: SessionDetail; bounds: readonly Step[]; failed: boolean };

export function Limits({ session, bounds, failed }: Props) {
  const steps = bounds.filter(({ limitW }) => limitW !== null);
  const close = steps.some(({ fromMs }, index) => fromMs - (steps[index - 1]?.fromMs ?? 0) < MINUTE_MS);
  const own = ownLimits(session.details?.limits ?? null);
  if (steps.length === 0 && own.length === 0)
    return failed ? null : <p className={styles.quiet}>{say.noLimit}</p>;
  return (
    <div className={styles.limits}>
      <h3>{say.why}</h3>
      <ul>
        {steps.slice(0, SHOWN_MAX).map((step) => (
          <li key={step.fromMs}>
            <strong>{say.limitFrom(close ? clockTime(step.fromMs) : minuteTime(step.fromMs))}</strong>{" "}
            {limitOf(step)}
          </li>
        ))}
        {steps.length > SHOWN_MAX && <li>{say.moreSteps(steps.length - SHOWN_MAX)}</li>}
        {own.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {steps.length > 0 && <p>{say.note}</p>}
    </div>
  );
}

function limitOf({ limitW, purpose, about }: Step): string {
  const limit = written(power(limitW));
  return say.bound(about ? say.about(limit) : limit, named(say.bounds, purpose) ?? purpose);
}

/** TransactionLimitType of 2.1: Wh, seconds, percent, and money of the tariff. */
function ownLimits(limits: { readonly [key: string]: unknown } | null): string[] {
  const of = (field: string, sentence: (value: number) => string) => {
    const value = limits?.[field];
    return typeof value === "number" ? [sentence(value)] : [];
  };
  return [
    ...of("maxEnergy", (wh) => say.maxEnergy(written(energy(wh)))),
    ...of("maxSoC", say.maxSoc),
    ...of("maxTime", (s) => say.maxTime(span(s * 1000))),
    ...of("maxCost", say.maxCost),
  ];
}
