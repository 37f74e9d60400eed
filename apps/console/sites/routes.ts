/** The page of all sites, loaded when it is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { SitesPage } from "./sites-page.tsx";

export const sitesRoute = createLazyRoute("/frame/sites")({ component: SitesPage });
