/** The parts of a managed site's page; each has an address. */
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { SiteTab } from "../site/search.ts";
import { words } from "../strings/en.ts";
import styles from "./tab-links.module.css";

const say = words.energy;

type Props = { readonly parts: readonly SiteTab[]; readonly chosen: SiteTab; readonly site: string };

/** A tab takes only itself along: filters belong to the tab that they were set on. */
export function TabLinks({ parts, chosen, site }: Props) {
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place to scroll to.
  useEffect(() => {
    const current = list.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);
  return (
    <nav ref={list} className={styles.tabs} aria-label={say.tabsLabel}>
      {parts.map((tab) => (
        <Link
          key={tab}
          to="/sites/$site"
          params={{ site }}
          search={tab === "overview" ? {} : { part: tab }}
          resetScroll={false}
          className={styles.tab}
          aria-current={tab === chosen ? "page" : undefined}
          // A tab is chosen with whatever is filtered on it.
          activeProps={{}}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {say.tabs[tab]}
        </Link>
      ))}
    </nav>
  );
}
