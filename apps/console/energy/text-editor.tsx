/** A text with its line numbers; lines that are at fault are marked. Tab leaves it, as it leaves every field. */
import { type Ref, useId, useImperativeHandle, useRef } from "react";
import styles from "./text-editor.module.css";
import { lineSpan, linesIn } from "./text-place.ts";

export type TextEditorHandle = { readonly goTo: (line: number) => void };

type Props = {
  readonly ref: Ref<TextEditorHandle>;
  readonly label: string;
  readonly value: string;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
  /** Lines at fault, from 1. */
  readonly marked: readonly number[];
};

/** As the style sheet has it. */
const LINE_PX = 20;

export function TextEditor({ ref, label, value, readOnly, onChange, marked }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    goTo: (line) => {
      const element = field.current;
      const span = lineSpan(element?.value ?? "", line);
      if (element === null || span === undefined) return;
      element.focus();
      element.setSelectionRange(...span);
      element.scrollTop = Math.max(0, (line - 6) * LINE_PX);
    },
  }));
  return (
    <>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.editor}>
        <div ref={gutter} className={styles.gutter} aria-hidden="true">
          {Array.from({ length: linesIn(value) }, (_, i) => i + 1).map((line) => (
            <span key={line} data-fault={marked.includes(line) ? "" : undefined}>
              {line}
            </span>
          ))}
        </div>
        <textarea
          ref={field}
          id={id}
          className={styles.text}
          value={value}
          readOnly={readOnly}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          wrap="off"
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
    </>
  );
}
