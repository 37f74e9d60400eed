/** The pages of sessions, loaded when one is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { SessionPage } from "./session-page.tsx";
import { SessionsPage } from "./sessions-page.tsx";

export const sessionsRoute = createLazyRoute("/frame/sessions")({ component: SessionsPage });
export const sessionRoute = createLazyRoute("/frame/sessions/$id")({ component: SessionPage });
