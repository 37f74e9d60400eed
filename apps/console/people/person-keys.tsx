/** A person's passkeys. The last that could administer stays, and says why; one's own list takes another. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Passkey, PeopleView, Person } from "../api/manage-api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { day, span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { AddPasskey } from "./own-passkeys.tsx";
import styles from "./people.module.css";
import { Section } from "./section.tsx";
import { usePeopleChanged } from "./use-people.ts";
import { leavesNobody } from "./view.ts";

const say = words.people.person;

export function PersonKeys({ person, view, mine }: { person: Person; view: PeopleView; mine: boolean }) {
  const [asked, setAsked] = useState<string>();
  const { api } = useServices();
  const changed = usePeopleChanged();
  const { passkeys } = person;
  return (
    <Section title={words.people.passkeys}>
      {passkeys.length === 0 && <p className={styles.dim}>{say.noPasskey}</p>}
      <ul className={styles.list}>
        {passkeys.map((key) => (
          <li key={key.id}>
            <Row passkey={key} held={leavesNobody(view, { passkey: key.id })} ask={() => setAsked(key.id)} />
            {asked === key.id && (
              <Confirm
                effect={[say.removePasskeyEffect, passkeys.length === 1 ? say.removeOnlyKey : undefined]}
                action={words.people.person.removePasskey(day(key.addedAtMs))}
                run={async () => {
                  await api.manage.removePasskey(key.id);
                  await changed();
                }}
                close={() => setAsked(undefined)}
              />
            )}
          </li>
        ))}
      </ul>
      {mine && <AddPasskey />}
    </Section>
  );
}

function Row({ passkey, held, ask }: { passkey: Passkey; held: boolean; ask: () => void }) {
  const nowMs = useNow();
  const added = day(passkey.addedAtMs);
  return (
    <>
      <div className={styles.row}>
        <span className={styles.what}>
          {say.passkey(added)}
          <span className={styles.dim}>
            {passkey.usedAtMs === null ? say.unused : say.used(span(nowMs - passkey.usedAtMs))}
          </span>
        </span>
        {!held && (
          <Button variant="default" size="xs" aria-label={say.removePasskey(added)} onClick={ask}>
            {say.remove}
          </Button>
        )}
      </div>
      {held && <p className={styles.dim}>{say.lastPasskey}</p>}
    </>
  );
}
