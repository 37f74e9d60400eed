/** What this station may be asked to do, and the form of what was chosen. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { StationView } from "../stations/view.ts";
import { words } from "../strings/en.ts";
import { type Choice, choicesFor } from "./choices.ts";
import { CommandForm } from "./command-form.tsx";
import styles from "./command-panel.module.css";
import { versionOf } from "./plan.ts";

export function CommandPanel({ view }: { view: StationView }) {
  const [choice, setChoice] = useState<Choice>();
  const version = versionOf(view.station);
  const say = words.commands;
  if (version === undefined) return <p className={styles.note}>{say.noVersion}</p>;
  if (choice !== undefined) {
    return (
      <CommandForm
        key={choice}
        choice={choice}
        view={view}
        version={version}
        close={() => setChoice(undefined)}
      />
    );
  }
  return (
    <fieldset className={styles.choices} aria-label={say.lead}>
      {choicesFor(view).map((it) => (
        <Button key={it} variant="default" size="xs" onClick={() => setChoice(it)}>
          {say.choose[it]}
        </Button>
      ))}
    </fieldset>
  );
}
