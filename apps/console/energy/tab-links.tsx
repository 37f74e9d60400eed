/** The parts of a managed site's page; each has an address. */
import { Link } from "@tanstack/react-router";
import { TabBar, tabLink } from "../display/tab-bar.tsx";
import type { SiteTab } from "../site/search.ts";
import { words } from "../strings/en.ts";
import styles from "./tab-links.module.css";

const say = words.energy;

type Props = { readonly parts: readonly SiteTab[]; readonly chosen: SiteTab; readonly site: string };

/** A tab takes only itself along: filters belong to the tab that they were set on. */
export const TabLinks = ({ parts, chosen, site }: Props) => (
  <TabBar label={say.tabsLabel} chosen={chosen} className={styles.tabs}>
    {parts.map((tab) => (
      <Link
        key={tab}
        to="/sites/$site"
        params={{ site }}
        search={tab === "overview" ? {} : { part: tab }}
        {...tabLink(tab === chosen)}
      >
        {say.tabs[tab]}
      </Link>
    ))}
  </TabBar>
);
