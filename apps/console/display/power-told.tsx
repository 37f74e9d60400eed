/** The power last told, in a table: with its age once it is older than it should be. */
import { words } from "../strings/en.ts";
import { span } from "./instant.ts";
import styles from "./power-told.module.css";
import { power, written } from "./quantity.ts";
import { useNow } from "./ticking.tsx";

type Props = {
  powerW: number | null;
  atMs: number | null;
  /** Whether what told it has its link. */
  connected: boolean;
  /** Older than this it is late, linked or not. */
  agedMs: number;
};

export function PowerTold({ powerW, atMs, connected, agedMs }: Props) {
  const nowMs = useNow();
  const ageMs = atMs === null ? 0 : nowMs - atMs;
  const late = powerW !== null && (!connected || ageMs > agedMs);
  return (
    <>
      {late && <span className={styles.late}>{words.power.old(span(ageMs))} </span>}
      {written(power(powerW))}
    </>
  );
}
