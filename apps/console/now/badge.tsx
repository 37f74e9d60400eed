/** How many things cannot wait or need a look, beside the place's name on every page; nothing where there is none. */
import { words } from "../strings/en.ts";
import styles from "./badge.module.css";
import { weightsOf } from "./needs.ts";
import { useNowBadge } from "./use-now.ts";

/** As many are counted one by one. */
const COUNTED_MAX = 99;

export function NowBadge() {
  const now = useNowBadge();
  if (now === undefined) return null;
  const { danger, attention } = weightsOf(now);
  const count = danger + attention;
  if (count === 0) return null;
  return (
    <span className={danger > 0 ? styles.danger : styles.care} title={words.now.badge(count)}>
      {count > COUNTED_MAX ? `${COUNTED_MAX}+` : count}
      <span className={styles.hidden}> {words.now.badgeSaid}</span>
    </span>
  );
}
