/** What the pages of a site's energy ask of the API, over the client's own ways. */
import type { EnergyQuarter, SiteEnergy } from "./energy-shapes.ts";

type Query = Readonly<Record<string, string | undefined>>;
export type EnergyWays = {
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  readonly change: <T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<T>;
};

export class EnergyApi {
  readonly #ways: EnergyWays;
  constructor(ways: EnergyWays) {
    this.#ways = ways;
  }

  now = (site: string) => this.#ways.get<SiteEnergy>(of(site, "energy"));
  quarters = (site: string, { fromMs, toMs }: { fromMs: number; toMs: number }) =>
    this.#ways.get<EnergyQuarter[]>(of(site, "energy/quarters"), {
      fromMs: String(fromMs),
      toMs: String(toMs),
    });
}

const of = (site: string, place: string) => `/sites/${encodeURIComponent(site)}/${place}`;
