/** The operator's choice of light or dark, and where it is kept: this browser only, never the server. */
import { localStorageColorSchemeManager } from "@mantine/core";

/** Also written in public/theme.js, which runs before anything else may. */
export const themeKey = "wattward-theme";
export const themeManager = localStorageColorSchemeManager({ key: themeKey });
