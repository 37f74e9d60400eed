/** The heading of a place, which is the window's title too, with what stands at its end. */
import { type ReactNode, useEffect } from "react";
import { words } from "../strings/en.ts";
import styles from "./page-title.module.css";

export function PageTitle({ title, end }: { title: string; end?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  return (
    <div className={styles.line}>
      <h1 className={styles.title}>{title}</h1>
      {end}
    </div>
  );
}

/** Stands where a page will be in a moment. */
export function PageLoading() {
  return (
    <p className={styles.loading} role="status">
      {words.loading}
    </p>
  );
}
