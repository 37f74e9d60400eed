/** The parts of a page side by side, each a link to its address; the chosen one is always in sight. */
import { type ReactNode, useEffect, useRef } from "react";
import { useMoreBeyond } from "./more-beyond.ts";
import styles from "./tab-bar.module.css";

type Props = {
  readonly label: string;
  readonly chosen: string;
  /** Where the page has its distance to what is around. */
  readonly className: string | undefined;
  readonly children: ReactNode;
};

export function TabBar({ label, chosen, className, children }: Props) {
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place to scroll to.
  useEffect(() => {
    const current = list.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);
  const fading = useMoreBeyond(list);
  return (
    <nav ref={list} className={`${styles.tabs} ${fading} ${className}`} aria-label={label}>
      {children}
    </nav>
  );
}

/** What each link in it has; a tab is chosen with whatever is filtered on it. */
export const tabLink = (isChosen: boolean) =>
  ({
    resetScroll: false,
    className: styles.tab,
    "aria-current": isChosen ? "page" : undefined,
    activeProps: {},
    activeOptions: { exact: true, includeSearch: true },
  }) as const;
