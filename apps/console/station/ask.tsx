/** Asks a station for something that changes nothing: what it will send, why it is asked, and what became of it. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { REASON_CHARS_MAX } from "../commands/draft.ts";
import type { Plan } from "../commands/plan.ts";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import { Dialog } from "../dialog/dialog.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./ask.module.css";
import { CommandLife } from "./command-life.tsx";

type Props = {
  readonly station: string;
  readonly title: string;
  readonly effect: string;
  /** Stands in the field of the reason; may be changed. */
  readonly reason: string;
  readonly plan: Plan;
  /** What hangs on the answer is asked for again. */
  readonly done: () => void;
};

const EXPIRES_S = 300;

export function Ask(props: Props) {
  const { title, station, plan } = props;
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState<string>();
  const { api } = useServices();
  const queries = useQueryClient();
  const request = useMutation({
    mutationFn: (reason: string) => api.command(station, { ...plan, reason, expiresInS: EXPIRES_S }),
    onSuccess: async ({ id }) => {
      setSent(id);
      setOpen(false);
      await queries.invalidateQueries({ queryKey: ["commands", station] });
    },
  });
  return (
    <div className={styles.ask}>
      <Button variant="default" size="sm" onClick={() => setOpen(true)}>
        {title}
      </Button>
      {sent !== undefined && <CommandLife key={sent} id={sent} done={props.done} />}
      {open && (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <AskForm {...props} request={request} close={() => setOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}

type Request = { mutate: (reason: string) => void; isPending: boolean; error: unknown };

function AskForm(props: Props & { request: Request; close: () => void }) {
  const { request, close } = props;
  const say = words.stationPage;
  const [reason, setReason] = useState(props.reason);
  const [missing, setMissing] = useState(false);
  const effect = useId();
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(reason.trim() === "");
        if (reason.trim() !== "") request.mutate(reason.trim());
      }}
    >
      <Effect id={effect} sentences={[props.effect]} />
      <TextInput
        label={say.reason}
        description={say.reasonHint}
        value={reason}
        maxLength={REASON_CHARS_MAX}
        error={missing ? words.commands.fields.reasonMissing : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {request.error !== null && <Trouble error={request.error} />}
      <div className={styles.actions}>
        <Button type="submit" size="sm" disabled={request.isPending}>
          {request.isPending ? say.sending : say.send}
        </Button>
        <Button variant="subtle" size="sm" onClick={close} disabled={request.isPending}>
          {say.cancel}
        </Button>
      </div>
    </form>
  );
}
