/** One filter of a page as a row of links: what can be chosen, how many there are of each; the choice is in the address. */
import { Link } from "@tanstack/react-router";
import styles from "./choices.module.css";

export type ChoiceOf = { readonly value: string | undefined; readonly text: string; readonly count?: number };

type Props = {
  readonly label: string;
  /** Name of the search parameter that is set. */
  readonly name: string;
  readonly chosen: string | undefined;
  readonly choices: readonly ChoiceOf[];
};

export function Choices({ label, name, chosen, choices }: Props) {
  return (
    <nav className={styles.filter} aria-label={label}>
      {choices.map(({ value, text, count }) => (
        <Link
          key={value ?? ""}
          to="."
          search={(before: object) => ({ ...before, [name]: value }) as never}
          replace
          resetScroll={false}
          className={styles.choice}
          aria-current={value === chosen ? "true" : undefined}
          // The link is active by its own choice, not by its address.
          activeProps={{}}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {text}
          {count !== undefined && <span className={styles.count}>{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
