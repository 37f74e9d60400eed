/** What of all sessions is shown: site, time, token, reviews. Every choice is in the address. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useSites } from "../sites/use-sites.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import styles from "./all-sessions.module.css";
import { ranges, type SessionsSearch, sessionStates, tokenEnd } from "./search.ts";

type Props = { search: SessionsSearch; set: (change: Partial<SessionsSearch>) => void };

export function SessionFilters({ search, set }: Props) {
  const say = words.allSessions;
  return (
    <div className={styles.filters}>
      <Choices
        label={say.stateLabel}
        name="which"
        chosen={search.which}
        choices={[
          { value: undefined, text: say.states.all },
          ...sessionStates.map((state) => ({ value: state, text: say.states[state] })),
        ]}
      />
      <Site search={search} set={set} />
      <NativeSelect
        size="sm"
        aria-label={say.range.label}
        className={styles.select ?? ""}
        value={search.range ?? ""}
        data={[
          { value: "", label: say.range.all },
          ...ranges.map((range) => ({ value: range, label: say.range[range] })),
        ]}
        onChange={(event) => {
          const range = ranges.find((word) => word === event.currentTarget.value);
          set({ range, from: undefined, to: undefined });
        }}
      />
      {search.range === "own" && <Days search={search} set={set} />}
      <TokenField key={search.token} token={search.token ?? ""} set={set} />
      <Button
        size="sm"
        variant="default"
        className={styles.toggle ?? ""}
        aria-pressed={search.review === "yes"}
        onClick={() => set({ review: search.review === "yes" ? undefined : "yes" })}
      >
        {say.review}
      </Button>
    </div>
  );
}

function Site({ search, set }: Props) {
  const sites = useSites();
  const say = words.allSessions;
  const ids = (sites.data ?? []).map(({ id }) => id);
  // What the address names stays chosen, whatever there is.
  const all = search.site === undefined || ids.includes(search.site) ? ids : [search.site, ...ids];
  if (all.length < 2 && search.site === undefined) return null;
  return (
    <NativeSelect
      size="sm"
      aria-label={say.site}
      className={styles.select ?? ""}
      value={search.site ?? ""}
      data={[{ value: "", label: say.anySite }, ...all]}
      onChange={(event) =>
        set({ site: event.currentTarget.value === "" ? undefined : event.currentTarget.value })
      }
    />
  );
}

function Days({ search, set }: Props) {
  const say = words.allSessions;
  const field = (name: "from" | "to", label: string) => (
    <TextInput
      type="date"
      size="sm"
      aria-label={label}
      className={styles.day ?? ""}
      value={search[name] ?? ""}
      {...(name === "to" ? { min: search.from } : { max: search.to })}
      onChange={(event) =>
        set({ [name]: event.currentTarget.value === "" ? undefined : event.currentTarget.value })
      }
    />
  );
  return (
    <span className={styles.days}>
      {field("from", say.from)}
      <span className={styles.dim}>{say.until}</span>
      {field("to", say.to)}
    </span>
  );
}

/** Taken when it is left or entered, not with each letter: what is typed may be a whole token, and is cut to its end. */
function TokenField({ token, set }: { token: string; set: Props["set"] }) {
  const [typed, setTyped] = useState(token);
  const say = words.allSessions;
  const take = () => {
    const end = tokenEnd(typed);
    setTyped(end);
    if (end !== token) set({ token: end === "" ? undefined : end });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take();
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        size="sm"
        className={styles.tokenField ?? ""}
        aria-label={say.token}
        placeholder={say.tokenHint}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
      />
    </form>
  );
}
