/** One person over the list: what they may do, how they come in, where they are signed in, and the way out. */
import { Button } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { PeopleView, Person } from "../api/manage-api.ts";
import { Choose } from "../dialog/choose.tsx";
import { Confirm } from "../dialog/confirm.tsx";
import { useFocusAfter } from "../dialog/focus.ts";
import { Side } from "../dialog/side.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import styles from "./people.module.css";
import { PersonKeys } from "./person-keys.tsx";
import { PersonSessions } from "./person-sessions.tsx";
import { Section } from "./section.tsx";
import { usePeople, usePeopleChanged } from "./use-people.ts";
import { ADMINISTRATOR, leavesNobody, NO_ROLE, rankOf, roles } from "./view.ts";

const say = words.people.person;

export function PersonDrawer() {
  const { person: id } = useParams({ from: "/frame/people/$person" });
  const navigate = useNavigate();
  const { data } = usePeople();
  const person = data?.people.find((it) => it.id === id);
  const close = () => void navigate({ to: "/people", search: (before) => before, resetScroll: false });
  return (
    <Side title={person?.name ?? words.people.title} width={520} close={close} body={styles.body}>
      {person === undefined || data === undefined ? (
        <Notice title={say.unknown} />
      ) : (
        <Body key={id} person={person} view={data} />
      )}
    </Side>
  );
}

function Body({ person, view }: { person: Person; view: PeopleView }) {
  const mine = useMe()?.person === person.id;
  if (person.role === NO_ROLE) return <p className={styles.dim}>{say.left}</p>;
  const program = person.kind === "service";
  return (
    <>
      {program && <p className={styles.dim}>{say.program}</p>}
      <Role person={person} view={view} mine={mine} />
      {!program && <PersonKeys person={person} view={view} mine={mine} />}
      <PersonSessions person={person} />
      <Removal person={person} view={view} mine={mine} />
    </>
  );
}

type Props = { person: Person; view: PeopleView; mine: boolean };

function Role({ person, view, mine }: Props) {
  const { api } = useServices();
  const changed = usePeopleChanged();
  const [chosen, setChosen] = useState(person.role);
  const why = useId();
  const last = leavesNobody(view, { person: person.id });
  const next = words.people.roleOf(chosen);
  const lowered = rankOf(chosen) < rankOf(person.role);
  return (
    <Section>
      <div aria-describedby={last ? why : undefined}>
        <Choose
          legend={mine ? say.roleYours : say.role}
          value={chosen}
          onChange={setChosen}
          disabled={last}
          options={roles.map((value) => ({
            value,
            name: words.people.roleOf(value),
            note: words.people.mayDo[value] ?? "",
          }))}
        />
      </div>
      {last && (
        <p id={why} className={styles.dim}>
          {say.lastAdministrator}
        </p>
      )}
      {chosen !== person.role && (
        <Confirm
          effect={[
            say.changeEffect(person.name, next),
            chosen === ADMINISTRATOR ? say.raised : undefined,
            lowered ? (mine ? say.yours : say.lowered) : undefined,
          ]}
          calm={chosen !== ADMINISTRATOR && !mine}
          holdFocus
          action={say.change}
          run={async () => {
            await api.manage.setRole(person.id, chosen);
            // Who they are has changed for this very page.
            if (mine) return globalThis.location.reload();
            await changed();
          }}
          close={() => setChosen(person.role)}
          done={() => undefined}
        />
      )}
    </Section>
  );
}

function Removal({ person, view, mine }: Props) {
  const { api } = useServices();
  const navigate = useNavigate();
  const changed = usePeopleChanged();
  const [asked, setAsked] = useState(false);
  const button = useFocusAfter(asked);
  const { id, name, passkeys, sessions } = person;
  if (leavesNobody(view, { person: id })) return null;
  if (!asked) {
    return (
      <Section>
        <div className={styles.actions}>
          <Button ref={button} variant="default" size="xs" onClick={() => setAsked(true)}>
            {say.removePerson(name)}
          </Button>
        </div>
      </Section>
    );
  }
  return (
    <Section title={say.removeConfirm(name)}>
      <Confirm
        effect={[say.removeEffect(passkeys.length, sessions.length), mine ? say.removeYou : undefined]}
        action={say.removePerson(name)}
        run={async () => {
          await api.manage.removePerson(id);
          if (mine) return globalThis.location.reload();
          await changed();
        }}
        close={() => setAsked(false)}
        done={() => void navigate({ to: "/people", search: (before) => before, resetScroll: false })}
      />
    </Section>
  );
}
