/** The first page, loaded when it is opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { NowPage } from "./now-page.tsx";

export const nowRoute = createLazyRoute("/frame/now")({ component: NowPage });
