/** The bar above every page, and the door: without a session the sign-in stands here instead of the page. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { needsSignIn } from "../api/problem.ts";
import type { Me } from "../api/shapes.ts";
import { useMoreBeyond } from "../display/more-beyond.ts";
import { NowBadge } from "../now/badge.tsx";
import { Palette } from "../palette/palette.tsx";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { words } from "../strings/en.ts";
import { ThemeControl } from "../theme/theme-control.tsx";
import { AccountMenu } from "./account-menu.tsx";
import styles from "./frame.module.css";
import { Mark } from "./mark.tsx";
import { placesFor } from "./places.ts";
import { Failed } from "./problem-view.tsx";
import { useServices } from "./services.tsx";

export function Frame() {
  const { api } = useServices();
  const me = useQuery({ queryKey: ["me"], queryFn: api.me, staleTime: Number.POSITIVE_INFINITY });
  if (me.data !== undefined) return <Page me={me.data} />;
  if (needsSignIn(me.error)) return <SignInPage />;
  if (me.error !== null) return <Failed page error={me.error} retry={() => void me.refetch()} />;
  return <p className={styles.loading}>{words.loading}</p>;
}

function Page({ me }: { me: Me }) {
  return (
    <>
      <a className={styles.skip} href="#content">
        {words.skipToContent}
      </a>
      <header className={styles.bar}>
        <div className={styles.inner}>
          <Link to="/now" className={styles.brand}>
            <Mark />
            {words.product}
          </Link>
          <Places role={me.role} />
          <div className={styles.end}>
            <Palette />
            <ThemeControl />
            <AccountMenu me={me} />
          </div>
        </div>
      </header>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

function Places({ role }: { role: string }) {
  const bar = useRef<HTMLElement>(null);
  const fading = useMoreBeyond(bar);
  const { pathname } = useLocation();
  // On a phone the bar scrolls: where one is stands in sight.
  useEffect(() => {
    const [all, here] = [bar.current, pathname && bar.current?.querySelector("[aria-current=page]")];
    if (!all || !here) return;
    const [outer, inner] = [all.getBoundingClientRect(), here.getBoundingClientRect()];
    // The bar alone: the page below stays where it is.
    all.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  }, [pathname]);
  return (
    <nav ref={bar} className={`${styles.places} ${fading}`} aria-label={words.places.label}>
      {placesFor(role).map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          className={styles.place}
          activeOptions={{ includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          {name}
          {to === "/now" && <NowBadge />}
        </Link>
      ))}
    </nav>
  );
}
