/** What the pages of a site's energy ask of the API, over the client's own ways. */
import type {
  EnergyCheck,
  EnergyDays,
  EnergyDocument,
  EnergyLimit,
  EnergyQuarter,
  EnergyVersion,
  GuardRow,
  LiveEnergy,
  ModeChange,
  SiteEnergy,
  Strategy,
} from "./energy-shapes.ts";

type Query = Readonly<Record<string, string | undefined>>;
export type EnergyWays = {
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  readonly change: <T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<T>;
};
type Span = { readonly fromMs: number; readonly toMs: number };
type Page = { readonly beforeSeq?: number | undefined; readonly most: number };

export class EnergyApi {
  readonly #ways: EnergyWays;
  constructor(ways: EnergyWays) {
    this.#ways = ways;
  }

  document = (site: string) => this.#ways.get<SiteEnergy>(of(site));
  /** Null while the site tells none. */
  live = (site: string) => this.#ways.get<LiveEnergy | null>(of(site, "/live"));
  /** That begin within the span, in order. */
  quarters = (site: string, span: Span) =>
    this.#ways.get<EnergyQuarter[]>(of(site, "/quarters"), spanQuery(span));
  days = (site: string, span: Span) => this.#ways.get<EnergyDays>(of(site, "/days"), spanQuery(span));
  /** Newest first. */
  modes = (site: string, page: Page) => this.#ways.get<ModeChange[]>(of(site, "/modes"), pageQuery(page));
  /** Newest first. */
  guard = (site: string, page: Page) => this.#ways.get<GuardRow[]>(of(site, "/guard"), pageQuery(page));

  /** Changes nothing. */
  check = (site: string, text: string) =>
    this.#ways.change<EnergyCheck>("POST", of(site, "/check"), { text });
  /** `base`: the version that it was made from, 0 for none. */
  save = (site: string, given: { text: string; base: number; why: string }) =>
    this.#ways.change<{ version: number; changed: boolean }>("PUT", of(site), given);
  setStrategy = (site: string, given: { strategy: Strategy; why: string }) =>
    this.#ways.change<{ version: number; changed: boolean }>("PUT", of(site, "/strategy"), given);
  versions = (site: string, most: number) =>
    this.#ways.get<EnergyVersion[]>(of(site, "/versions"), { most: String(most) });
  version = (site: string, version: number) =>
    this.#ways.get<EnergyDocument>(of(site, `/versions/${version}`));

  /** Null: none is set, or it is over. */
  limit = (site: string) => this.#ways.get<EnergyLimit | null>(limitOf(site));
  /** `limitW` null ends it early; else `untilMs` is needed. */
  setLimit = (site: string, given: { limitW: number | null; untilMs?: number; why: string }) =>
    this.#ways.change<EnergyLimit | null>("POST", limitOf(site), given);
}

const of = (site: string, place = "") => `/sites/${encodeURIComponent(site)}/energy${place}`;
const limitOf = (site: string) => `/sites/${encodeURIComponent(site)}/limit`;
const spanQuery = ({ fromMs, toMs }: Span) => ({ fromMs: String(fromMs), toMs: String(toMs) });
const pageQuery = ({ beforeSeq, most }: Page) => ({
  most: String(most),
  beforeSeq: beforeSeq === undefined ? undefined : String(beforeSeq),
});
