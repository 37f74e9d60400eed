/** What the pages are given instead of reaching for it: the API, time, and how to open a site's feed. */

import type { Cancel, Clock } from "@wattward/kernel";
import { createContext, useContext } from "react";
import type { ApiClient } from "../api/client.ts";
import type { LiveEnergy } from "../api/energy-shapes.ts";
import type { SiteFeed, StreamHandlers } from "../live/feed.ts";
import type { StreamReader } from "../live/kept-stream.ts";
import type { ServerClock } from "../live/server-clock.ts";

export type Services = {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly server: ServerClock;
  readonly openFeed: (site: string) => SiteFeed;
  /** Events after `seq`, of one site or of everything, of these kinds or of all. */
  readonly openStream: (
    asked: { readonly site?: string; readonly kinds?: readonly string[] },
    seq: number,
    handlers: StreamHandlers,
  ) => Cancel;
  /** What a site tells of its energy from now on. */
  readonly openEnergy: (site: string, reader: StreamReader<LiveEnergy>) => Cancel;
  /** A whole number from 1 to 2³¹-1, by the browser's secure chance. */
  readonly chance: () => number;
};

const ServicesContext = createContext<Services | undefined>(undefined);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error("useServices needs a ServicesProvider above it");
  return services;
}
