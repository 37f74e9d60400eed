/** Before a site's energy is changed: what happens then, and why it is done. Stays, with the API's sentence, when it is refused. */
import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { Effect, Trouble } from "../dialog/confirm.tsx";
import dialogStyles from "../dialog/dialog.module.css";
import { Dialog } from "../dialog/dialog.tsx";
import { words } from "../strings/en.ts";

const say = words.energy.document;
/** Of the API. */
const WHY_CHARS_MAX = 200;

type Props = {
  readonly title: string;
  readonly effect: readonly (string | undefined)[];
  readonly danger?: boolean;
  /** What the button says: the deed itself. */
  readonly action: string;
  readonly run: (why: string) => Promise<void>;
  readonly close: () => void;
  /** Fields that come before the reason, … */
  readonly children?: ReactNode;
  /** … and whether they are as they must be; asked when it is sent. */
  readonly isSound?: () => boolean;
};

export function AskWhy(props: Props) {
  const { title, effect, danger = false, action, run, close, children, isSound = () => true } = props;
  const [why, setWhy] = useState("");
  const [missing, setMissing] = useState(false);
  const asked = useMutation({ mutationFn: run });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const sound = isSound();
    setMissing(why.trim() === "");
    if (sound && why.trim() !== "") asked.mutate(why.trim());
  };
  return (
    <Dialog title={title} onClose={close}>
      <form className={dialogStyles.form} onSubmit={submit} noValidate>
        {children}
        <Effect danger={danger} sentences={effect} />
        <TextInput
          label={say.reason}
          description={say.reasonHint}
          value={why}
          maxLength={WHY_CHARS_MAX}
          data-autofocus={children === undefined ? true : undefined}
          error={missing && why.trim() === "" ? say.reasonMissing : undefined}
          onChange={({ currentTarget }) => setWhy(currentTarget.value)}
        />
        {asked.error !== null && <Trouble error={asked.error} />}
        <div className={dialogStyles.actions}>
          <Button type="submit" size="sm" variant={danger ? "danger" : "filled"} disabled={asked.isPending}>
            {asked.isPending ? words.dialog.working : action}
          </Button>
          <Button size="sm" variant="subtle" onClick={close} disabled={asked.isPending}>
            {words.dialog.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
