/**
 * Before something that cannot be taken back: the exact effect, and a button that names what is done. Stays, with the
 * API's sentence, when it is refused.
 */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { sentenceOf } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import styles from "./dialog.module.css";
import { Dialog } from "./dialog.tsx";
import { useFocusBack } from "./focus.ts";

type Props = {
  /** Sentences of what happens; empty ones are left out. */
  readonly effect: readonly (string | undefined)[];
  /** What the button says: the deed itself. */
  readonly action: string;
  readonly run: () => Promise<unknown>;
  readonly close: () => void;
  /** After it is done; `close` unless said. */
  readonly done?: () => void;
  /** The focus stays where the choice is made: for what may be chosen otherwise once its effect was read. */
  readonly holdFocus?: boolean;
  /** Ordinary unless said: then the button and the block are not red. */
  readonly calm?: boolean;
};

/** Tells a dialog or drawer around it that Escape is answered here: the question goes, and they stay. */
const ownEscape = { "data-mantine-stop-propagation": "true" };

/** In place, where the thing itself stands: in a drawer. */
export function Confirm(props: Props) {
  const { effect, action, run, close, done: after = close, calm = false, holdFocus = false } = props;
  const say = words.dialog;
  const block = useRef<HTMLFieldSetElement>(null);
  const id = useId();
  const done = useMutation({ mutationFn: run, onSuccess: after });
  useFocusBack();
  // Whoever asked for it reads on here; the button is one step further.
  useEffect(() => {
    if (!holdFocus) block.current?.focus();
  }, [holdFocus]);
  return (
    <fieldset
      ref={block}
      className={styles.confirm}
      aria-labelledby={id}
      tabIndex={-1}
      data-autofocus={holdFocus ? undefined : true}
      {...ownEscape}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <Effect id={id} danger={!calm} sentences={effect} />
      {done.error !== null && <Trouble error={done.error} />}
      <div className={styles.actions}>
        <Button
          variant={calm ? "filled" : "danger"}
          size="sm"
          disabled={done.isPending}
          onClick={() => done.mutate()}
          {...ownEscape}
        >
          {done.isPending ? say.working : action}
        </Button>
        <Button variant="subtle" size="sm" onClick={close} disabled={done.isPending} {...ownEscape}>
          {say.cancel}
        </Button>
      </div>
    </fieldset>
  );
}

export function ConfirmDialog({ title, ...props }: Props & { readonly title: string }) {
  return (
    <Dialog title={title} onClose={props.close}>
      <Confirm {...props} />
    </Dialog>
  );
}

/** The block that says what is about to happen. */
export function Effect(props: {
  id?: string;
  danger?: boolean;
  sentences: readonly (string | undefined)[];
}): ReactNode {
  const said = props.sentences.filter((sentence) => sentence !== undefined && sentence !== "");
  return (
    <div className={props.danger === true ? styles.danger : styles.effect}>
      <strong id={props.id}>{words.dialog.effect}</strong>
      {said.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

export function Trouble({ error }: { error: unknown }) {
  return (
    <p role="alert" className={styles.trouble}>
      {sentenceOf(error)}
    </p>
  );
}
