/**
 * The form of one command: its fields, the exact effect before it is sent, and why. What was typed stays when it is
 * refused; each fault stands at its field. Once recorded, its life goes on in the list of commands below.
 */
import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import { useServices } from "../shell/services.tsx";
import type { StationView } from "../stations/view.ts";
import { words } from "../strings/en.ts";
import { type Choice, isDangerous } from "./choices.ts";
import { CommandFields } from "./command-fields.tsx";
import styles from "./command-form.module.css";
import {
  type Draft,
  effectOf,
  expiries,
  type Faults,
  faultsOf,
  firstDraft,
  intentOf,
  REASON_CHARS_MAX,
} from "./draft.ts";
import { planCommand, type Version } from "./plan.ts";

type Props = { choice: Choice; view: StationView; version: Version; close: () => void };

export function CommandForm({ choice, view, version, close }: Props) {
  const say = words.commands;
  const heading = useId();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(choice, view, version));
  const [faults, setFaults] = useState<Faults>({});
  const request = useRequest({ choice, view, version, close });
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);

  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(choice, draft, version);
    setFaults(found);
    if (Object.keys(found).length === 0) request.mutate(draft);
  };

  return (
    <form ref={form} className={styles.form} onSubmit={submit} aria-labelledby={heading} noValidate>
      <h3 id={heading} className={styles.heading}>
        {say.choose[choice]}
      </h3>
      <CommandFields {...{ choice, view, version, draft, change, faults }} />
      <Textarea
        label={say.fields.reason}
        description={say.fields.reasonHint}
        value={draft.reason}
        error={faults.reason}
        maxLength={REASON_CHARS_MAX}
        rows={2}
        onChange={(event) => change({ reason: event.currentTarget.value })}
      />
      <NativeSelect
        label={say.fields.expires}
        value={String(draft.expiresInS)}
        data={expiries.map((s) => ({ value: String(s), label: say.fields.expiresOption[s] ?? `${s} s` }))}
        onChange={(event) => change({ expiresInS: Number(event.currentTarget.value) })}
      />
      <Effect
        danger={isDangerous(choice)}
        sentences={[
          effectOf(choice, draft, view, version),
          view.station.connected ? undefined : say.offlineNote,
        ]}
      />
      {request.error !== null && <Trouble error={request.error} />}
      <div className={styles.actions}>
        <Button
          type="submit"
          variant={isDangerous(choice) ? "danger" : "filled"}
          disabled={request.isPending}
        >
          {request.isPending ? say.sending : say.send[choice]}
        </Button>
        <Button variant="subtle" onClick={close} disabled={request.isPending}>
          {say.cancel}
        </Button>
      </div>
    </form>
  );
}

function useRequest({ choice, view, version, close }: Props) {
  const { api, chance } = useServices();
  const queries = useQueryClient();
  const station = view.station.id;
  return useMutation({
    mutationFn: async (draft: Draft) => {
      const intent = intentOf(choice, draft, view);
      if (intent === undefined) throw new Error(words.commands.nothingToStop);
      const { action, payload } = planCommand(version, intent, chance());
      const { reason, expiresInS } = draft;
      await api.command(station, { action, payload, reason: reason.trim(), expiresInS });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["commands", station] });
      close();
    },
  });
}
