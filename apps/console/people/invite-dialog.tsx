/** Invites somebody: which role, what the link does, then the link, once. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Choose } from "../dialog/choose.tsx";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import styles from "../dialog/dialog.module.css";
import { Dialog } from "../dialog/dialog.tsx";
import { Once } from "../dialog/once.tsx";
import { nearTime } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { usePeopleChanged } from "./use-people.ts";
import { ADMINISTRATOR, roles } from "./view.ts";

const say = words.people.invite;

export function InviteDialog({ close }: { close: () => void }) {
  const { api } = useServices();
  const nowMs = useNow();
  const changed = usePeopleChanged();
  const [role, setRole] = useState<string>("operator");
  const invite = useMutation({ mutationFn: () => api.manage.invite(role), onSuccess: changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  if (invite.data !== undefined) {
    const { link, expiresAtMs } = invite.data;
    const help = say.madeHelp(words.people.roleOf(role), nearTime(expiresAtMs, nowMs));
    return (
      <Dialog key="made" title={say.made} onClose={close} keep>
        <Once label={say.link} secret={link} help={`${help} ${say.lost}`} close={close} />
      </Dialog>
    );
  }
  const danger = role === ADMINISTRATOR;
  return (
    <Dialog title={say.title} onClose={close}>
      <form className={styles.form} onSubmit={submit}>
        <Choose
          first
          legend={say.role}
          value={role}
          onChange={setRole}
          options={roles.map((value) => ({
            value,
            name: words.people.roleOf(value),
            note: words.people.mayDo[value] ?? "",
          }))}
        />
        <Effect danger={danger} sentences={[danger ? say.effectAdministrator : say.effect]} />
        {invite.error !== null && <Trouble error={invite.error} />}
        <div className={styles.actions}>
          <Button type="submit" size="sm" variant={danger ? "danger" : "filled"} disabled={invite.isPending}>
            {invite.isPending ? words.dialog.working : say.submit}
          </Button>
          <Button variant="subtle" size="sm" onClick={close}>
            {words.dialog.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
