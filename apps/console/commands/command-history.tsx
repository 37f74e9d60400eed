/** The latest commands to a station, each with its life: where it stands, since when, and what the station said. */
import { useQuery } from "@tanstack/react-query";
import type { Command } from "../api/shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { clockTime, exactTime, span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { Failed } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./command-history.module.css";
import { type CommandState, isOver, type Step, stateOfCommand, stationsWords, stepsOf } from "./life.ts";

export const COMMANDS_SHOWN = 5;

/** `changedSeq` rises with each observation of one of this station's commands, and asks again. */
export function CommandHistory({ station, changedSeq }: { station: string; changedSeq: number }) {
  const { api } = useServices();
  const commands = useQuery({
    queryKey: ["commands", station, changedSeq],
    queryFn: () => api.commands(station, COMMANDS_SHOWN),
    placeholderData: (before) => before,
  });
  if (commands.data === undefined) {
    if (commands.error !== null)
      return <Failed error={commands.error} retry={() => void commands.refetch()} />;
    return <p className={styles.dim}>{words.loading}</p>;
  }
  if (commands.data.length === 0) return <p className={styles.dim}>{words.commands.noRecent}</p>;
  return (
    <ul className={styles.list}>
      {commands.data.map((command) => (
        <li key={command.id} className={styles.command}>
          <Life command={command} />
        </li>
      ))}
    </ul>
  );
}

export function Life({ command }: { command: Command }) {
  const say = words.commands;
  const said = isOver(command) ? stationsWords(command.outcome) : undefined;
  const state = stateOfCommand(command);
  return (
    <>
      <div className={styles.head}>
        <strong className={styles.action}>{named(say.actions, command.action) ?? command.action}</strong>
        <span className={styles.dim}>
          <Age sinceMs={command.requestedAtMs} /> {words.ago}
        </span>
      </div>
      <ol className={styles.steps}>
        {stepsOf(command).map((step) => (
          <StepItem key={step.state} step={step} />
        ))}
        {!isOver(command) && <Waiting command={command} />}
      </ol>
      <p className={styles.reason}>“{command.reason}”</p>
      {said !== undefined && (
        <p className={styles.words}>
          {say.stationSays}: {said}
        </p>
      )}
      {state === "expired" && <p className={styles.words}>{say.expiredHelp}</p>}
      {state === "unknown" && <p className={styles.words}>{say.unknownHelp}</p>}
    </>
  );
}

function StepItem({ step }: { step: Step }) {
  if (step.reached === "ahead") return null;
  const [shape, tone] = looks[step.state];
  return (
    <li className={`${styles.step} ${styles[tone]}`}>
      <Glyph shape={shape} tone={tone} />
      {words.commands.state[step.state]}
      {step.atMs !== null && (
        <time
          className={styles.dim}
          dateTime={new Date(step.atMs).toISOString()}
          title={exactTime(step.atMs)}
        >
          {clockTime(step.atMs)}
        </time>
      )}
    </li>
  );
}

/** No spinner without an end: what is waited for, and until when. */
function Waiting({ command }: { command: Command }) {
  const nowMs = useNow();
  const leftMs = command.expiresAtMs - nowMs;
  return (
    <li className={`${styles.step} ${styles.dim}`}>
      <Glyph shape="pending" tone="calm" />
      {words.commands.waiting}
      {command.sentAtMs === null && leftMs > 0 && `, ${words.commands.expiresIn} ${span(leftMs)}`}
    </li>
  );
}

const looks: Readonly<Record<CommandState, readonly [Shape, Tone]>> = {
  requested: ["dot", "calm"],
  sent: ["dot", "calm"],
  accepted: ["well", "well"],
  refused: ["blocked", "danger"],
  failed: ["blocked", "danger"],
  expired: ["care", "care"],
  unknown: ["care", "care"],
};
