/** The one card on the sign-in and join pages. */
import type { ReactNode } from "react";
import { Mark } from "../shell/mark.tsx";
import { words } from "../strings/en.ts";
import { ThemeControl } from "../theme/theme-control.tsx";
import styles from "./card.module.css";

export function Card(props: { title: string; lead: string; children: ReactNode; foot?: ReactNode }) {
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Mark />
          {words.product}
        </span>
        <ThemeControl />
      </header>
      <main className={styles.card}>
        <h1 className={styles.title}>{props.title}</h1>
        <p className={styles.lead}>{props.lead}</p>
        {props.children}
        {props.foot !== undefined && <p className={styles.foot}>{props.foot}</p>}
      </main>
    </div>
  );
}

/** What went wrong, said to screen readers as it appears. */
export function Trouble({ text }: { text: string | undefined }) {
  return (
    <div role="alert" className={text === undefined ? styles.quiet : styles.trouble}>
      {text}
    </div>
  );
}
