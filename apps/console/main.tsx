/** The console's entry: puts the browser behind the ports, then draws. */
import "./theme/mantine.css";
import "uplot/dist/uPlot.min.css";
import "./theme/tokens.css";
import { createRoot } from "react-dom/client";
import { browserClock } from "./adapters/clock.ts";
import { openEnergyStream, openEventStream } from "./adapters/event-stream.ts";
import { ApiClient } from "./api/client.ts";
import { needsSignIn } from "./api/problem.ts";
import { SiteFeed } from "./live/feed.ts";
import { ServerClock } from "./live/server-clock.ts";
import { App } from "./shell/app.tsx";
import type { Services } from "./shell/services.tsx";

const server = new ServerClock(browserClock);
const api = new ApiClient((serverMs) => server.heard(serverMs));
const services: Services = {
  api,
  openStream: openEventStream,
  openEnergy: openEnergyStream,
  server,
  clock: browserClock,
  openFeed: (site) =>
    new SiteFeed({
      clock: browserClock,
      nowMs: () => server.nowMs(),
      snapshot: () => api.site(site),
      stream: (seq, handlers) => openEventStream({ site }, seq, handlers),
      isFinal: needsSignIn,
    }),
  chance: () => crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1 || 1,
};

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with id root");
createRoot(root).render(<App services={services} />);
