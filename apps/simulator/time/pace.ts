/**
 * The time of a run: the machine's own where a scenario runs in real time and is the present, or else simulated time,
 * which everything that waits for the real world holds back ({@link Underway}).
 */
import type { Clock, Dialer } from "@wattward/kernel";
import type { Recorder } from "../station/recorder.ts";
import { PacedClock } from "./paced-clock.ts";
import { pacedDialer } from "./paced-dialer.ts";
import { Underway } from "./underway.ts";

export type Pace = {
  readonly clock: Clock;
  dialer(dialer: Dialer): Dialer;
  recorder(recorder: Recorder): Recorder;
  /** From now on at the speed that was asked for; until then simulated time passes like real time. */
  begin(): void;
};

export type PaceOptions = {
  readonly real: Clock;
  /** Simulated seconds in a real one. */
  readonly speed: number;
  /** Simulated time at the beginning, ms since 1970. */
  readonly startMs: number;
  /** It is not the present, or passes at another speed. */
  readonly ownTime: boolean;
  readonly turn: (run: () => void) => void;
};

export function paceOf({ ownTime, real, speed, startMs, turn }: PaceOptions): Pace {
  if (!ownTime) {
    return { clock: real, dialer: (dialer) => dialer, recorder: (recorder) => recorder, begin() {} };
  }
  const underway = new Underway(real);
  const clock = new PacedClock({ startMs, speed: 1, real, underway, turn });
  return {
    clock,
    dialer: (dialer) => pacedDialer(dialer, underway),
    recorder: ({ received, sent }) => ({
      sent: (line) => underway.during(sent(line)),
      received: (line) => underway.during(received(line)),
    }),
    begin: () => clock.runAt(speed),
  };
}
