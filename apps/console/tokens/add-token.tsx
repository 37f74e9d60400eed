/** A token is added: what is wrong stands at its field, what was typed stays when it is refused. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiProblem } from "../api/problem.ts";
import type { Card } from "../api/shapes.ts";
import { Trouble } from "../dialog/confirm.tsx";
import { Dialog } from "../dialog/dialog.tsx";
import { useNow } from "../display/ticking.tsx";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { type Draft, endOf, type Faults, faultsOf } from "./draft.ts";
import styles from "./tokens.module.css";

type Props = { known: readonly Card[]; close: () => void; done: (sentence: string) => void };

export function AddToken({ known, close, done }: Props) {
  const say = words.tokens;
  const nowMs = useNow();
  const [draft, setDraft] = useState<Draft>({ token: "", lastDay: "" });
  const [faults, setFaults] = useState<Faults>({});
  const add = useAdd(done);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(draft, known, nowMs);
    setFaults(found);
    if (Object.keys(found).length === 0) add.mutate(draft);
  };
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  // The only part of an address that the API can find wrong here is the token itself.
  const atToken = add.error instanceof ApiProblem && add.error.field !== undefined;
  return (
    <Dialog title={say.addTitle} onClose={close}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className={styles.dim}>{say.addLead}</p>
        <TextInput
          data-autofocus
          label={say.token}
          description={say.tokenHint}
          value={draft.token}
          error={faults.token ?? (atToken ? say.tokenRefused(sentenceOf(add.error)) : undefined)}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ token: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={say.expires}
          description={say.expiresHint}
          value={draft.lastDay}
          error={faults.lastDay}
          onChange={(event) => change({ lastDay: event.currentTarget.value })}
        />
        {add.error !== null && !atToken && <Trouble error={add.error} />}
        <div className={styles.actions}>
          <Button type="submit" disabled={add.isPending}>
            {add.isPending ? say.adding : say.add}
          </Button>
          <Button variant="subtle" onClick={close} disabled={add.isPending}>
            {say.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useAdd(done: Props["done"]) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ token, lastDay }: Draft) =>
      api.setCard(token.trim(), {
        status: "Accepted",
        ...(lastDay === "" ? {} : { expiresAtMs: endOf(lastDay) }),
      }),
    onSuccess: async (_answer, { token }) => {
      await queries.invalidateQueries({ queryKey: ["cards"] });
      done(words.tokens.added(token.trim()));
    },
  });
}
