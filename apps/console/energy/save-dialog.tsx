/** Before a site's document is saved, and before a site is managed no more. */
import { useQueryClient } from "@tanstack/react-query";
import type { EnergyCheck } from "../api/energy-shapes.ts";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { AskWhy } from "./ask-why.tsx";
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
  const save = useSave(site);
  const without = check?.withoutPower.map(({ outlet }) => outlet).join(", ") ?? "";
  return (
    <AskWhy
      title={say.saveTitle}
      effect={[say.effect(site), say.effectCut, without === "" ? undefined : say.safe.without(without)]}
      action={say.save}
      run={async (why) => done(await save({ text, base, why }))}
      close={close}
    />
  );
}

export function EndDialog({ site, base, close }: Pick<SaveProps, "site" | "base" | "close">) {
  const save = useSave(site);
  return (
    <AskWhy
      title={say.unmanage}
      effect={[say.endEffect(site), say.endKept]}
      danger
      action={say.unmanage}
      run={async (why) => {
        await save({ text: "", base, why });
        close();
      }}
      close={close}
    />
  );
}

function useSave(site: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return async (given: { text: string; base: number; why: string }): Promise<number> => {
    const { version } = await api.energy.save(site, given);
    await queries.invalidateQueries({ queryKey: documentKey(site) });
    return version;
  };
}
