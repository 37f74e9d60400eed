/**
 * Every address of the console. A place has its own; what is chosen on it (time span, filter) stands in the query, so
 * that an address shows another person the same. Places beyond the first are loaded when they are first opened.
 */
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { readDispensationsSearch } from "../dispensations/search.ts";
import { readStationsSearch } from "../fleet/search.ts";
import { readNowSearch } from "../now/search.ts";
import { readPeopleSearch } from "../people/search.ts";
import { readSessionsSearch } from "../sessions/search.ts";
import { readSettingsSearch } from "../settings/search.ts";
import { JoinPage } from "../sign-in/join-page.tsx";
import { readSiteSearch } from "../site/search.ts";
import { readSitesSearch } from "../sites/search.ts";
import { readStationSearch } from "../station/search.ts";
import { readTokensSearch } from "../tokens/search.ts";
import { Frame } from "./frame.tsx";
import { knownSearch } from "./known-search.ts";
import { NotFound, PageBroke } from "./problem-view.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageBroke });

const join = createRoute({ getParentRoute: () => root, path: "/join", component: JoinPage });
/** Signed in from here on: whoever is not signs in right here, and goes on where they were. */
const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Frame });
const start = createRoute({
  getParentRoute: () => frame,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/now", replace: true });
  },
});
const now = createRoute({
  getParentRoute: () => frame,
  path: "/now",
  validateSearch: knownSearch(readNowSearch),
}).lazy(() => import("../now/routes.ts").then(({ nowRoute }) => nowRoute));
const sites = createRoute({
  getParentRoute: () => frame,
  path: "/sites",
  validateSearch: knownSearch(readSitesSearch),
}).lazy(() => import("../sites/routes.ts").then(({ sitesRoute }) => sitesRoute));
const site = createRoute({
  getParentRoute: () => frame,
  path: "/sites/$site",
  validateSearch: knownSearch(readSiteSearch),
}).lazy(() => import("../site/routes.ts").then(({ siteRoute }) => siteRoute));
const station = createRoute({ getParentRoute: () => site, path: "/stations/$station" }).lazy(() =>
  import("../site/routes.ts").then(({ siteStationRoute }) => siteStationRoute),
);

const stations = createRoute({
  getParentRoute: () => frame,
  path: "/stations",
  validateSearch: knownSearch(readStationsSearch),
}).lazy(() => import("../fleet/routes.ts").then(({ stationsRoute }) => stationsRoute));
const stationPage = createRoute({
  getParentRoute: () => frame,
  path: "/stations/$station",
  validateSearch: knownSearch(readStationSearch),
}).lazy(() => import("../station/routes.ts").then(({ stationPageRoute }) => stationPageRoute));

const sessions = createRoute({
  getParentRoute: () => frame,
  path: "/sessions",
  validateSearch: knownSearch(readSessionsSearch),
}).lazy(() => import("../sessions/routes.ts").then(({ sessionsRoute }) => sessionsRoute));
const session = createRoute({ getParentRoute: () => frame, path: "/sessions/$id" }).lazy(() =>
  import("../sessions/routes.ts").then(({ sessionRoute }) => sessionRoute),
);

const tokens = createRoute({
  getParentRoute: () => frame,
  path: "/tokens",
  validateSearch: knownSearch(readTokensSearch),
}).lazy(() => import("../tokens/routes.ts").then(({ tokensRoute }) => tokensRoute));

const people = createRoute({
  getParentRoute: () => frame,
  path: "/people",
  validateSearch: knownSearch(readPeopleSearch),
}).lazy(() => import("../people/routes.ts").then(({ peopleRoute }) => peopleRoute));
const person = createRoute({ getParentRoute: () => people, path: "/$person" }).lazy(() =>
  import("../people/routes.ts").then(({ personRoute }) => personRoute),
);
const dispensations = createRoute({
  getParentRoute: () => frame,
  path: "/dispensations",
  validateSearch: knownSearch(readDispensationsSearch),
}).lazy(() => import("../dispensations/routes.ts").then(({ dispensationsRoute }) => dispensationsRoute));
const settings = createRoute({
  getParentRoute: () => frame,
  path: "/settings",
  validateSearch: knownSearch(readSettingsSearch),
}).lazy(() => import("../settings/routes.ts").then(({ settingsRoute }) => settingsRoute));

const tree = root.addChildren([
  join,
  frame.addChildren([
    start,
    now,
    sites,
    stations,
    stationPage,
    sessions,
    session,
    tokens,
    people.addChildren([person]),
    dispensations,
    settings,
    site.addChildren([station]),
  ]),
]);

export const createConsoleRouter = () =>
  createRouter({
    routeTree: tree,
    defaultPreload: false,
    defaultErrorComponent: PageBroke,
    defaultNotFoundComponent: NotFound,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
