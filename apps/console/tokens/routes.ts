/** The page of tokens, loaded when it is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { TokensPage } from "./tokens-page.tsx";

export const tokensRoute = createLazyRoute("/frame/tokens")({ component: TokensPage });
