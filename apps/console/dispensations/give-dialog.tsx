/**
 * The form of a dispensation: station, security profile, day; what it allows before it is given; then its password, once.
 * What was typed stays when it is refused, each fault at its field.
 */
import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import type { Dispensation } from "../api/manage-api.ts";
import { ApiProblem } from "../api/problem.ts";
import { Choose } from "../dialog/choose.tsx";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import styles from "../dialog/dialog.module.css";
import { Dialog } from "../dialog/dialog.tsx";
import { Once } from "../dialog/once.tsx";
import { day } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { useStations } from "../fleet/use-stations.ts";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { type Draft, dateText, endOfDayMs, type Faults, faultsOf, firstDraft, lastDayMs } from "./draft.ts";

const say = words.dispensations.give;
/** As many as are worth reading through; whoever types more finds theirs. */
const OFFERED_MAX = 20;

type Props = {
  /** Where it is known already; else empty. */
  readonly station: string;
  readonly rows: readonly Dispensation[];
  readonly changed: () => Promise<void>;
  readonly close: () => void;
};

export function GiveDialog({ station, rows, changed, close }: Props) {
  const { api } = useServices();
  const nowMs = useNow();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(station, nowMs));
  const [faults, setFaults] = useState<Faults>({});
  const give = useMutation({
    mutationFn: ({ station, profile, until }: Draft) =>
      api.manage.giveDispensation(station.trim(), {
        securityProfile: profile === "1" ? 1 : 2,
        untilMs: endOfDayMs(until) ?? 0,
      }),
    onSuccess: changed,
    onError: (error) => setFaults(faultOf(error)),
  });
  if (give.data !== undefined) {
    const given = give.variables.station.trim();
    return (
      <Dialog key="given" title={say.done(given)} onClose={close} keep>
        <Once label={say.password} secret={give.data.password} help={say.passwordHelp(given)} close={close} />
      </Dialog>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(draft, nowMs);
    setFaults(found);
    if (Object.keys(found).length === 0) give.mutate(draft);
  };
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const placed = give.error !== null && Object.keys(faultOf(give.error)).length > 0;
  return (
    <Dialog title={say.title} onClose={close}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <StationField value={draft.station} fault={faults.station} change={(it) => change({ station: it })} />
        <Choose
          legend={say.profile}
          value={draft.profile}
          onChange={(it) => change({ profile: it === "1" ? "1" : "2" })}
          options={(["2", "1"] as const).map((value) => ({
            value,
            name: say.profiles[value].title,
            note: say.profiles[value].note,
          }))}
        />
        <TextInput
          type="date"
          label={say.until}
          description={say.untilHint}
          value={draft.until}
          error={faults.until}
          min={dateText(nowMs)}
          max={dateText(lastDayMs(nowMs))}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
        <Effect danger={draft.profile === "1"} sentences={effectOf(draft, rows)} />
        {give.error !== null && !placed && <Trouble error={give.error} />}
        <div className={styles.actions}>
          <Button
            type="submit"
            size="sm"
            variant={draft.profile === "1" ? "danger" : "filled"}
            disabled={give.isPending}
          >
            {give.isPending ? words.dialog.working : say.submit}
          </Button>
          <Button variant="subtle" size="sm" onClick={close}>
            {words.dialog.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type FieldProps = { value: string; fault: string | undefined; change: (value: string) => void };

/** Offers the ids of stations that hold what was typed. */
function StationField({ value, fault, change }: FieldProps) {
  const stations = useStations();
  const list = useId();
  const typed = value.trim().toLowerCase();
  const offered = (stations.data ?? [])
    .filter(({ id }) => id.toLowerCase().includes(typed))
    .slice(0, OFFERED_MAX);
  return (
    <>
      <TextInput
        label={say.station}
        description={say.stationHint}
        value={value}
        error={fault}
        list={list}
        autoComplete="off"
        data-autofocus
        onChange={(event) => change(event.currentTarget.value)}
      />
      <datalist id={list}>
        {offered.map(({ id, site }) => (
          <option key={id} value={id}>
            {site ?? words.dispensations.direct}
          </option>
        ))}
      </datalist>
    </>
  );
}

function effectOf({ station, profile, until }: Draft, rows: readonly Dispensation[]): (string | undefined)[] {
  const id = station.trim();
  const before = rows.find((row) => row.station === id);
  const endMs = endOfDayMs(until);
  return [
    say.effect(id === "" ? say.theStation : id, endMs === undefined ? say.thatDay : day(endMs)),
    profile === "1" ? say.clear : undefined,
    before && say.replaces(day(before.untilMs)),
    say.ends,
  ];
}

/** What the API refuses about a field stands there; nothing where it is about no field. */
function faultOf(error: unknown): Faults {
  if (!(error instanceof ApiProblem)) return {};
  if (error.code === "unknown-station") return { station: say.stationUnknown };
  if (error.field === "/untilMs") return { until: sentenceOf(error) };
  return error.code === "dispensation-refused" ? { station: written(sentenceOf(error)) } : {};
}

/** The core's reason as a sentence: it begins and ends as one. */
const written = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;
