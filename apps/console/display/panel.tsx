/** A block of a page with its heading, and what stands at the heading's end. */
import { type ReactNode, useId } from "react";
import styles from "./panel.module.css";

type Props = {
  title: string;
  end?: ReactNode;
  children: ReactNode;
  bare?: boolean;
  className?: string | undefined;
};

/** `bare`: without ground and border, for blocks that are made of tiles. */
export function Panel({ title, end, children, bare, className }: Props) {
  const id = useId();
  return (
    <section
      className={`${bare === true ? styles.bare : styles.panel} ${className ?? ""}`}
      aria-labelledby={id}
    >
      <div className={styles.head}>
        <h2 className={styles.title} id={id}>
          {title}
        </h2>
        {end !== undefined && <div className={styles.end}>{end}</div>}
      </div>
      {children}
    </section>
  );
}
