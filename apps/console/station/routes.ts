/** The page of one station, loaded when one is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { StationPage } from "./station-page.tsx";

export const stationPageRoute = createLazyRoute("/frame/stations/$station")({ component: StationPage });
