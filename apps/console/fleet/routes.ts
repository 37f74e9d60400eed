/** The pages of all stations, loaded when one is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { StationsPage } from "./stations-page.tsx";

export const stationsRoute = createLazyRoute("/frame/stations")({ component: StationsPage });
