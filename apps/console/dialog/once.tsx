/** A secret that is shown once: to be copied, with what to do with it; left only by saying that it is kept. */
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { copyText } from "../adapters/clipboard.ts";
import { words } from "../strings/en.ts";
import styles from "./dialog.module.css";

type Props = {
  readonly label: string;
  readonly secret: string;
  readonly help: string;
  readonly close: () => void;
};

export function Once({ label, secret, help, close }: Props) {
  const say = words.dialog;
  const [copied, setCopied] = useState<boolean>();
  const text = useRef<HTMLElement>(null);
  const copy = async () => {
    const done = await copyText(secret);
    setCopied(done);
    if (!done && text.current !== null) globalThis.getSelection()?.selectAllChildren(text.current);
  };
  return (
    <div className={styles.form}>
      <div className={styles.once}>
        <div className={styles.label}>
          {label}
          <span>{say.once}</span>
        </div>
        <code ref={text} className={styles.secret}>
          {secret}
        </code>
      </div>
      <p className={styles.help}>{help}</p>
      <div className={styles.actions}>
        <Button size="sm" onClick={() => void copy()} data-autofocus>
          {say.copy}
        </Button>
        <Button variant="default" size="sm" onClick={close}>
          {say.kept}
        </Button>
        <span role="status" className={styles.status}>
          {copied === false ? say.copyByHand : copied === true ? say.copied : ""}
        </span>
      </div>
    </div>
  );
}
