/** The page of one site with the station that is opened on it, loaded when one is first opened: its charts weigh. */
import { createLazyRoute } from "@tanstack/react-router";
import { StationDrawer } from "../stations/station-drawer.tsx";
import { SitePage } from "./site-page.tsx";

export const siteRoute = createLazyRoute("/frame/sites/$site")({ component: SitePage });
export const siteStationRoute = createLazyRoute("/frame/sites/$site/stations/$station")({
  component: StationDrawer,
});
