/** What a page sees of its address, by the router that it really has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { readStationSearch } from "../station/search.ts";
import { knownSearch } from "./known-search.ts";

function seen(address: string): object {
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/page",
    validateSearch: knownSearch(readStationSearch),
  });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree: root.addChildren([page]), history, isServer: true });
  const search = router.matchRoutes(router.latestLocation).at(-1)?.search ?? assert.fail("no page");
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

test("a page sees of its address what it can read, and nothing else", () => {
  assert.deepEqual(seen("/page?tab=messages&sender=station"), { tab: "messages", sender: "station" });
  assert.deepEqual(seen("/page?tab=bogus&sort=-nothing&verdict=zz&message=-1&more=1"), {});
  assert.deepEqual(seen("/page?tab=__proto__&__proto__=x&constructor=y"), {});
});
