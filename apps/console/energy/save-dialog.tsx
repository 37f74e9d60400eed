/** Before a site's document is saved: what happens then, and why it is done; and before a site is managed no more. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { EnergyCheck } from "../api/energy-shapes.ts";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import dialogStyles from "../dialog/dialog.module.css";
import { Dialog } from "../dialog/dialog.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { documentKey } from "./use-energy.ts";

const say = words.energy.document;

type SaveProps = {
  readonly site: string;
  readonly text: string;
  readonly base: number;
  readonly check: EnergyCheck | undefined;
  readonly close: () => void;
  readonly done: (version: number) => void;
};

export function SaveDialog({ site, text, base, check, close, done }: SaveProps) {
  const without = check?.withoutPower.map(({ outlet }) => outlet).join(", ") ?? "";
  return (
    <AskWhy
      title={say.saveTitle}
      effect={[say.effect(site), say.effectCut, without === "" ? undefined : say.safe.without(without)]}
      action={say.save}
      given={{ site, text, base }}
      close={close}
      done={done}
    />
  );
}

export function EndDialog({ site, base, close }: Pick<SaveProps, "site" | "base" | "close">) {
  return (
    <AskWhy
      title={say.unmanage}
      effect={[say.endEffect(site), say.endKept]}
      danger
      action={say.unmanage}
      given={{ site, text: "", base }}
      close={close}
      done={close}
    />
  );
}

type AskProps = {
  readonly title: string;
  readonly effect: readonly (string | undefined)[];
  readonly danger?: boolean;
  readonly action: string;
  readonly given: Pick<SaveProps, "site" | "text" | "base">;
  readonly close: () => void;
  readonly done: (version: number) => void;
};

function AskWhy({ title, effect, danger = false, action, given, close, done }: AskProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [why, setWhy] = useState("");
  const [missing, setMissing] = useState(false);
  const { site, text, base } = given;
  const save = useMutation({
    mutationFn: () => api.energy.save(site, { text, base, why: why.trim() }),
    onSuccess: async ({ version }) => {
      await queries.invalidateQueries({ queryKey: documentKey(site) });
      done(version);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(why.trim() === "");
    if (why.trim() !== "") save.mutate();
  };
  return (
    <Dialog title={title} onClose={close}>
      <form className={dialogStyles.form} onSubmit={submit} noValidate>
        <Effect danger={danger} sentences={effect} />
        <TextInput
          label={say.reason}
          description={say.reasonHint}
          value={why}
          maxLength={200}
          data-autofocus
          error={missing && why.trim() === "" ? say.reasonMissing : undefined}
          onChange={({ currentTarget }) => setWhy(currentTarget.value)}
        />
        {save.error !== null && <Trouble error={save.error} />}
        <div className={dialogStyles.actions}>
          <Button type="submit" size="sm" variant={danger ? "danger" : "filled"} disabled={save.isPending}>
            {save.isPending ? words.dialog.working : action}
          </Button>
          <Button size="sm" variant="subtle" onClick={close} disabled={save.isPending}>
            {words.dialog.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
