/** Invitations whose links nobody has used yet. Their secrets are gone: they can only be withdrawn. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Invitation } from "../api/manage-api.ts";
import { ConfirmDialog } from "../dialog/confirm.tsx";
import { span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { useNow } from "../display/ticking.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./people.module.css";
import { usePeopleChanged } from "./use-people.ts";

const say = words.people.invitations;

export function Invitations({ invitations }: { invitations: readonly Invitation[] }) {
  const { api } = useServices();
  const nowMs = useNow();
  const changed = usePeopleChanged();
  const [asked, setAsked] = useState<string>();
  return (
    <Panel title={say.title} className={styles.invitations}>
      <ul className={styles.list}>
        {invitations.map(({ id, role, expiresAtMs }) => {
          const name = words.people.roleOf(role);
          return (
            <li key={id} className={styles.row}>
              <span className={styles.what}>
                {say.row(name)}
                <span className={styles.dim}>{say.ends(span(expiresAtMs - nowMs))}</span>
              </span>
              <Button
                variant="default"
                size="xs"
                aria-label={say.withdrawOf(name)}
                onClick={() => setAsked(id)}
              >
                {say.withdraw}
              </Button>
            </li>
          );
        })}
      </ul>
      {asked !== undefined && (
        <ConfirmDialog
          title={say.confirmTitle}
          effect={[say.effect]}
          action={say.withdraw}
          run={async () => {
            await api.manage.withdraw(asked);
            await changed();
          }}
          close={() => setAsked(undefined)}
        />
      )}
    </Panel>
  );
}
