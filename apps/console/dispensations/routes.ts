/** The page of dispensations, loaded when it is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { DispensationsPage } from "./dispensations-page.tsx";

export const dispensationsRoute = createLazyRoute("/frame/dispensations")({ component: DispensationsPage });
