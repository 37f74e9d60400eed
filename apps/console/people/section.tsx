/** A part of a person's drawer, with its heading where it needs one. */
import type { ReactNode } from "react";
import { focusHome } from "../dialog/focus.ts";
import styles from "./people.module.css";

export function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={styles.section} {...focusHome}>
      {title !== undefined && <h3 className={styles.heading}>{title}</h3>}
      {children}
    </section>
  );
}
