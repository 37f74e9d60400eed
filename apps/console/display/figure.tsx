/** A quantity with its unit set smaller. */
import styles from "./figure.module.css";
import type { Quantity } from "./quantity.ts";

export function Figure({ of, size = "text" }: { of: Quantity; size?: "text" | "tile" | "hero" }) {
  return (
    <span className={styles[size]}>
      {of.figure}
      <span className={styles.unit}> {of.unit}</span>
    </span>
  );
}
