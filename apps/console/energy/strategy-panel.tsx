/** What the planner strives for at a site: one of four, each with a sentence; another is a new version of the document. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { EnergyConfig, EnergyDocument, Strategy } from "../api/energy-shapes.ts";
import { Choose } from "../dialog/choose.tsx";
import { Trouble } from "../dialog/confirm.tsx";
import dialogStyles from "../dialog/dialog.module.css";
import { Panel } from "../display/panel.tsx";
import { useServices } from "../shell/services.tsx";
import { useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import styles from "./document.module.css";
import { documentKey } from "./use-energy.ts";

const say = words.energy.document.strategy;
const strategies = [
  "fairness",
  "cost",
  "self-consumption",
  "guaranteed-energy",
] as const satisfies Strategy[];

type Props = {
  readonly site: string;
  readonly document: EnergyDocument;
  /** Something is typed in the document: it would be outrun. */
  readonly locked: boolean;
};

export function StrategyPanel({ site, document, locked }: Props) {
  const current = (document.energy as EnergyConfig | null)?.strategy;
  const [chosen, setChosen] = useState<Strategy>();
  const [why, setWhy] = useState("");
  const mayChange = useMe()?.role !== "viewer";
  const save = useSave(site, () => {
    setChosen(undefined);
    setWhy("");
  });
  const another = chosen !== undefined && chosen !== current;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (another && why.trim() !== "") save.mutate({ strategy: chosen, why: why.trim() });
  };
  return (
    <Panel title={say.title}>
      <form className={dialogStyles.form} onSubmit={submit}>
        <Choose
          legend={say.lead}
          options={strategies.map((value) => ({ value, name: say.name[value], note: say.means[value] }))}
          value={chosen ?? current ?? ""}
          disabled={!mayChange || locked || save.isPending}
          onChange={(value) => setChosen(strategies.find((one) => one === value))}
        />
        {locked && <p className={styles.status}>{say.locked}</p>}
        {another && !locked && (
          <>
            <TextInput
              label={words.energy.document.reason}
              description={words.energy.document.reasonHint}
              value={why}
              maxLength={200}
              onChange={({ currentTarget }) => setWhy(currentTarget.value)}
            />
            {save.error !== null && <Trouble error={save.error} />}
            <div className={dialogStyles.actions}>
              <Button type="submit" size="sm" disabled={save.isPending || why.trim() === ""}>
                {save.isPending ? words.dialog.working : say.use}
              </Button>
              <Button size="sm" variant="subtle" onClick={() => setChosen(undefined)}>
                {words.dialog.cancel}
              </Button>
            </div>
          </>
        )}
      </form>
    </Panel>
  );
}

function useSave(site: string, done: () => void) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { strategy: Strategy; why: string }) => api.energy.setStrategy(site, given),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: documentKey(site) });
      done();
    },
  });
}
