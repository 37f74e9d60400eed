/** The page of settings, loaded when it is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { SettingsPage } from "./settings-page.tsx";

export const settingsRoute = createLazyRoute("/frame/settings")({ component: SettingsPage });
