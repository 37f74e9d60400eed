/** Everything that surrounds the pages: theme, clock, cache of answers, addresses. */
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { ApiProblem, needsSignIn } from "../api/problem.ts";
import { TickingClock } from "../display/ticking.tsx";
import { themeManager } from "../theme/choice.ts";
import { theme } from "../theme/theme.ts";
import { createConsoleRouter } from "./routes.tsx";
import { type Services, ServicesProvider } from "./services.tsx";

/** An answer of 4xx stays what it is; only what may pass is tried again. */
const RETRIES_MAX = 2;
/** Short: whoever waits is told within two seconds that there is no answer, and what polls asks again anyway. */
const RETRY_MS = 400;

export function App({ services }: { services: Services }) {
  const [queries] = useState(createQueries);
  const [router] = useState(createConsoleRouter);
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={themeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <ServicesProvider value={services}>
        <TickingClock clock={services.clock} server={services.server}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </TickingClock>
      </ServicesProvider>
    </MantineProvider>
  );
}

function createQueries(): QueryClient {
  const mayPass = (error: Error) =>
    !(error instanceof ApiProblem) || error.status === 0 || error.status >= 500;
  const client = new QueryClient({
    // A session that ended while a page was open: the frame asks who is there, and shows the door.
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (needsSignIn(error) && queryKey[0] !== "me") void client.resetQueries({ queryKey: ["me"] });
      },
    }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRIES_MAX && mayPass(error),
        retryDelay: (failures) => RETRY_MS * 2 ** failures,
        networkMode: "always",
        staleTime: 10_000,
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}
