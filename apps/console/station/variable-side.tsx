/** One variable: what it is, what it may be, and its new value by a command with a reason, followed to its end. */
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import type { Variable } from "../api/station-shapes.ts";
import { expiries, REASON_CHARS_MAX } from "../commands/draft.ts";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import { Side } from "../dialog/side.tsx";
import { dash } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { CommandLife } from "./command-life.tsx";
import { MayAct } from "./overview.tsx";
import { choicesOf, componentOf, isEditable, isNumber, settingOf, variableOf } from "./place-of.ts";
import { accessOf, Value } from "./variable-marks.tsx";
import styles from "./variables.module.css";

const say = words.stationPage.variables;
const VALUE_CHARS_MAX = 2_500;

type Props = {
  readonly station: string;
  /** Undefined where the address names one that there is not. */
  readonly row: Variable | undefined;
  readonly close: () => void;
  readonly changed: () => void;
};

export function VariableSide({ station, row, close, changed }: Props) {
  if (row === undefined) {
    return (
      <Side title={say.title} close={close}>
        <Notice title={say.detail.gone}>{say.detail.goneHelp}</Notice>
      </Side>
    );
  }
  return (
    <Side title={`${row.component}.${variableOf(row)}`} close={close}>
      <Facts row={row} />
      {isEditable(row) ? (
        <MayAct>
          <Edit station={station} row={row} changed={changed} />
        </MayAct>
      ) : (
        <p className={styles.dim}>{say.detail.readOnly}</p>
      )}
    </Side>
  );
}

function Facts({ row }: { row: Variable }) {
  const is = say.detail;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    [say.columns.component, componentOf(row)],
    [is.value, <Value key="value" of={row} />],
    [
      is.read,
      <span key="read">
        <Age sinceMs={row.readAtMs} /> {words.ago}, {named(is.sources, row.source) ?? row.source}
      </span>,
    ],
    [is.access, accessOf(row)],
    [is.type, row.dataType],
    [is.limits, limitsOf(row)],
    [is.values, row.valuesList?.split(",").join(", ") ?? null],
    [is.key16, row.key16],
    [is.persistent, row.persistent === null ? null : row.persistent ? is.yes : is.no],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value ?? dash}</dd>
          </div>
        ))}
    </dl>
  );
}

function limitsOf({ minLimit, maxLimit }: Variable): string | null {
  const is = say.detail;
  if (minLimit !== null && maxLimit !== null) return is.between(minLimit, maxLimit);
  if (minLimit !== null) return is.atLeast(minLimit);
  return maxLimit === null ? null : is.atMost(maxLimit);
}

type Draft = { readonly value: string; readonly reason: string; readonly expiresInS: number };
type Faults = { readonly value?: string; readonly reason?: string };

function faultsOf(row: Variable, { value, reason }: Draft): Faults {
  const fault =
    value === row.value
      ? say.edit.same
      : isNumber(row) && (value.trim() === "" || !Number.isFinite(Number(value)))
        ? say.edit.number
        : undefined;
  return {
    ...(fault !== undefined && { value: fault }),
    ...(reason.trim() === "" && { reason: say.edit.reasonMissing }),
  };
}

function Edit({ station, row, changed }: { station: string; row: Variable; changed: () => void }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ value: row.value ?? "", reason: "", expiresInS: 60 });
  const [faults, setFaults] = useState<Faults>({});
  const request = useMutation({
    mutationFn: ({ value, reason, expiresInS }: Draft) =>
      api.ofStation.setVariable(station, {
        variable: settingOf(row, value),
        reason: reason.trim(),
        expiresInS,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["commands", station] }),
  });
  if (request.data !== undefined) {
    return (
      <div className={styles.lives}>
        {request.data.ids.map((id) => (
          <CommandLife key={id} id={id} done={changed} />
        ))}
        <div>
          <Button variant="default" size="sm" onClick={() => request.reset()}>
            {say.edit.again}
          </Button>
        </div>
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(row, draft);
    setFaults(found);
    if (Object.keys(found).length === 0) request.mutate(draft);
  };
  return (
    <EditForm
      {...{ station, row, draft, faults, submit }}
      change={(part) => setDraft((before) => ({ ...before, ...part }))}
      pending={request.isPending}
      error={request.error}
    />
  );
}

type FormProps = {
  station: string;
  row: Variable;
  draft: Draft;
  faults: Faults;
  change: (part: Partial<Draft>) => void;
  submit: (event: FormEvent) => void;
  pending: boolean;
  error: unknown;
};

function EditForm({ station, row, draft, faults, change, submit, pending, error }: FormProps) {
  const heading = useId();
  const effect = useId();
  const fields = words.commands.fields;
  const name = `${row.component}.${variableOf(row)}`;
  return (
    <form className={styles.form} onSubmit={submit} aria-labelledby={heading} noValidate>
      <h3 id={heading} className={styles.heading}>
        {say.edit.title}
      </h3>
      <NewValue row={row} value={draft.value} error={faults.value} change={(value) => change({ value })} />
      <Textarea
        label={fields.reason}
        description={fields.reasonHint}
        value={draft.reason}
        error={faults.reason}
        maxLength={REASON_CHARS_MAX}
        rows={2}
        onChange={(event) => change({ reason: event.currentTarget.value })}
      />
      <NativeSelect
        label={fields.expires}
        value={String(draft.expiresInS)}
        data={expiries.map((s) => ({ value: String(s), label: fields.expiresOption[s] ?? `${s} s` }))}
        onChange={(event) => change({ expiresInS: Number(event.currentTarget.value) })}
      />
      <Effect
        id={effect}
        sentences={[
          say.edit.effect(station, name, draft.value === "" ? say.edit.empty : draft.value),
          say.edit.risk,
        ]}
      />
      {error !== null && <Trouble error={error} />}
      <div className={styles.actions}>
        <Button type="submit" disabled={pending}>
          {pending ? words.commands.sending : say.edit.send}
        </Button>
      </div>
    </form>
  );
}

type NewValueProps = {
  row: Variable;
  value: string;
  error: string | undefined;
  change: (value: string) => void;
};

function NewValue({ row, value, error, change }: NewValueProps) {
  const choices = choicesOf(row);
  if (choices !== undefined) {
    const known = choices.includes(value) ? choices : [value, ...choices];
    return (
      <NativeSelect
        label={say.edit.value}
        value={value}
        error={error}
        data={[...known]}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      label={row.unit === null ? say.edit.value : `${say.edit.value} (${row.unit})`}
      description={limitsOf(row) ?? undefined}
      value={value}
      error={error}
      maxLength={VALUE_CHARS_MAX}
      inputMode={isNumber(row) ? "decimal" : "text"}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
