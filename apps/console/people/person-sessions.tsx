/** Where a person is signed in, or which tokens a program has; each can be ended. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Person, SignedIn } from "../api/manage-api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { useServices } from "../shell/services.tsx";
import { useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import styles from "./people.module.css";
import { Section } from "./section.tsx";
import { usePeopleChanged } from "./use-people.ts";

const say = words.people.person;

export function PersonSessions({ person }: { person: Person }) {
  const me = useMe();
  const nowMs = useNow();
  const { api } = useServices();
  const queries = useQueryClient();
  const changed = usePeopleChanged();
  const [asked, setAsked] = useState<string>();
  const end = async (id: string) => {
    await api.manage.endSession(id);
    // Signed out here: the frame asks who is there, and shows the way in.
    if (id === me?.session) return queries.resetQueries({ queryKey: ["me"] });
    await changed();
  };
  return (
    <Section title={say.sessions}>
      {person.sessions.length === 0 && <p className={styles.dim}>{say.noSession}</p>}
      <ul className={styles.list}>
        {person.sessions.map((session) => {
          const what = nameOf(session, me?.session);
          return (
            <li key={session.id}>
              <div className={styles.row}>
                <span className={styles.what}>
                  {what}
                  <span className={styles.dim}>
                    {say.since(span(nowMs - session.openedAtMs))} ·{" "}
                    {say.until(span(session.expiresAtMs - nowMs))}
                  </span>
                </span>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={say.endOf(what)}
                  onClick={() => setAsked(session.id)}
                >
                  {say.end}
                </Button>
              </div>
              {asked === session.id && (
                <Confirm
                  effect={[effectOf(session, me?.session)]}
                  action={say.endOf(what)}
                  run={() => end(session.id)}
                  close={() => setAsked(undefined)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function nameOf({ id, kind, name }: SignedIn, mine: string | undefined): string {
  if (kind === "token") return say.token(name);
  return id === mine ? say.thisBrowser : say.browser;
}

function effectOf({ id, kind }: SignedIn, mine: string | undefined): string {
  if (kind === "token") return say.endTokenEffect;
  return id === mine ? say.endOwnEffect : say.endEffect;
}
