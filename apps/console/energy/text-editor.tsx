/** A text with its line numbers; lines that are at fault are marked. Tab leaves it, as it leaves every field. */
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useMemo, useRef, useState } from "react";
import { words } from "../strings/en.ts";
import styles from "./text-editor.module.css";
import { lineSpan, linesIn, linesWith } from "./text-place.ts";

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
  const scrollTo = (line: number) => {
    if (field.current !== null) field.current.scrollTop = Math.max(0, (line - 6) * LINE_PX);
  };
  useImperativeHandle(ref, () => ({
    goTo: (line) => {
      const element = field.current;
      const span = lineSpan(element?.value ?? "", line);
      if (element === null || span === undefined) return;
      element.focus();
      element.setSelectionRange(...span);
      scrollTo(line);
    },
  }));
  const [found, setFound] = useState<number>();
  return (
    <>
      <div className={styles.head}>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        <Find
          text={value}
          show={(line) => {
            setFound(line);
            if (line !== undefined) scrollTo(line);
          }}
        />
      </div>
      <div className={styles.editor}>
        <div ref={gutter} className={styles.gutter} aria-hidden="true">
          {Array.from({ length: linesIn(value) }, (_, i) => i + 1).map((line) => (
            <span
              key={line}
              data-fault={marked.includes(line) ? "" : undefined}
              data-found={line === found ? "" : undefined}
            >
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

type FindProps = { readonly text: string; readonly show: (line: number | undefined) => void };

/** Finds a text or a line's number: each Enter shows the next, with Shift the one before. What is written is not touched. */
function Find({ text, show }: FindProps) {
  const say = words.energy.document.find;
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const lines = useMemo(() => linesWith(text, wanted), [text, wanted]);
  const go = (to: number, among = lines) => {
    const next = among.length === 0 ? 0 : (to + among.length) % among.length;
    setAt(next);
    show(among[next]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? at - 1 : at + 1);
  };
  return (
    <div className={styles.find}>
      <span className={styles.count} role="status">
        {wanted.trim() === ""
          ? ""
          : lines.length === 0
            ? say.none
            : say.count(Math.min(at + 1, lines.length), lines.length)}
      </span>
      <input
        type="search"
        className={styles.wanted}
        aria-label={say.label}
        placeholder={say.label}
        title={say.help}
        value={wanted}
        onKeyDown={onKeyDown}
        onChange={({ currentTarget }) => {
          setWanted(currentTarget.value);
          go(0, linesWith(text, currentTarget.value));
        }}
      />
    </div>
  );
}
