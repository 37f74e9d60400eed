/**
 * Changes one setting. What was typed stays when it is refused, with the fault at the field; a change that deletes or
 * opens something asks once more.
 */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Setting } from "../api/manage-api.ts";
import { ApiProblem } from "../api/problem.ts";
import { Confirm, Effect, Trouble } from "../dialog/confirm.tsx";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./settings.module.css";
import { dangerOf, rangeText, readTyped, titleOf, valueText } from "./view.ts";

const say = words.settings;

export function SettingForm({ setting, close }: { setting: Setting; close: () => void }) {
  const isSwitch = setting.unit === "switch";
  // A switch is opened to be turned.
  const [text, setText] = useState(String(isSwitch ? 1 - setting.value : setting.value));
  const [fault, setFault] = useState<string>();
  const [asked, setAsked] = useState<number>();
  const form = useRef<HTMLFormElement>(null);
  const save = useSave(setting, { close, setFault });
  const typing = asked === undefined;
  useEffect(() => {
    if (!typing) return;
    const field = form.current?.querySelector<HTMLInputElement | HTMLSelectElement>("input, select");
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, [typing]);

  const typed = readTyped(setting, text);
  const danger = typed.kind === "value" ? dangerOf(setting, typed.value) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFault(typed.kind === "fault" ? typed.sentence : undefined);
    if (typed.kind === "fault") return;
    if (danger === undefined) save.mutate(typed.value);
    else setAsked(typed.value);
  };
  if (asked !== undefined) {
    return (
      <div className={styles.form}>
        <Confirm
          effect={[
            say.from(valueText(setting, setting.value), valueText(setting, asked)),
            dangerOf(setting, asked),
          ]}
          action={say.sure}
          run={() => save.mutateAsync(asked)}
          close={() => setAsked(undefined)}
        />
      </div>
    );
  }
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={submit}
      aria-label={say.changeOf(titleOf(setting.name))}
      noValidate
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <Field {...{ setting, text, setText, fault }} />
      {typed.kind === "value" && (
        <Effect
          danger={danger !== undefined}
          sentences={[say.from(valueText(setting, setting.value), valueText(setting, typed.value)), danger]}
        />
      )}
      {save.error !== null && fault === undefined && <Trouble error={save.error} />}
      <div className={styles.actions}>
        <Button
          type="submit"
          size="xs"
          variant={danger === undefined ? "filled" : "danger"}
          disabled={save.isPending}
        >
          {save.isPending ? words.dialog.working : danger === undefined ? say.save : say.goOn}
        </Button>
        <Button variant="subtle" size="xs" onClick={close}>
          {words.dialog.cancel}
        </Button>
        {String(setting.byDefault) !== text && !isSwitch && (
          <Button variant="subtle" size="xs" onClick={() => setText(String(setting.byDefault))}>
            {say.useDefault}
          </Button>
        )}
      </div>
    </form>
  );
}

type FieldProps = {
  setting: Setting;
  text: string;
  setText: (text: string) => void;
  fault: string | undefined;
};

function Field({ setting, text, setText, fault }: FieldProps) {
  const { unit } = setting;
  if (unit === "switch") {
    return (
      <NativeSelect
        label={say.value}
        value={text}
        error={fault}
        data={[
          { value: "1", label: say.on },
          { value: "0", label: say.off },
        ]}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      label={say.value}
      description={say.hint(rangeText(setting))}
      inputMode="numeric"
      autoComplete="off"
      value={text}
      error={fault}
      rightSection={<span className={styles.unit}>{say.unit[unit] ?? unit}</span>}
      rightSectionWidth={56}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

function useSave(
  { name }: Setting,
  { close, setFault }: { close: () => void; setFault: (sentence: string | undefined) => void },
) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (value: number) => api.manage.set(name, value),
    onMutate: () => setFault(undefined),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["settings"] });
      close();
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.field === "/value") setFault(sentenceOf(error));
    },
  });
}
