/**
 * The one way to the API. Same origin, session cookie, and for everything that changes something the CSRF token that
 * `auth/me` gave, in its header. Every request ends: `REQUEST_MS_MAX` is the longest a page waits for an answer.
 */
import { EnergyApi } from "./energy-api.ts";
import { ManageApi } from "./manage-api.ts";
import { ApiProblem, readProblem } from "./problem.ts";
import type {
  Card,
  Command,
  Data,
  Me,
  Now,
  Observation,
  PowerPoint,
  Session,
  SessionCurve,
  SessionDetail,
  Site,
  SiteSnapshot,
  Station,
  StationDetail,
  StationHolds,
} from "./shapes.ts";
import { StationApi } from "./station-api.ts";

export const REQUEST_MS_MAX = 15_000;
/** As many as the API gives at once, and as many as a browser holds without pain. */
const STATIONS_A_PAGE = 500;
const STATIONS_MAX = 20_000;
const base = "/api/v1";
const csrfHeader = "x-wattward-csrf";

/** What the CSMS's wall clock said with its last answer, against ours; see live/server-clock.ts. */
export type DateHeard = (serverMs: number) => void;

export class ApiClient {
  #csrf = "";
  readonly #heard: DateHeard;

  /** What the page of one station asks beside. */
  readonly ofStation = new StationApi({
    get: (path, query) => this.#get(path, query),
    post: (path, body) => this.#post(path, body),
  });

  /** What the page of a site asks of its energy. */
  readonly energy = new EnergyApi({
    get: (path, query) => this.#get(path, query),
    change: (method, path, body) => this.#change(method, path, body),
  });

  /** What administrators ask beside. */
  readonly manage = new ManageApi({
    get: (path) => this.#get(path),
    change: (method, path, body) => this.#change(method, path, body),
  });

  constructor(heard: DateHeard = () => {}) {
    this.#heard = heard;
  }

  me = async () => this.#signedIn(await this.#get<Me>("/auth/me"));

  /** `todayMs`: when today began for whoever looks, ms since 1970; `site`: of this one only. */
  now = (todayMs: number, site?: string) => this.#get<Now>("/now", { todayMs: String(todayMs), site });
  /** What happened last anywhere, of these kinds, newest first. */
  happened = (kinds: readonly string[], most: number) =>
    this.#get<Observation[]>("/observations", { kinds: kinds.join(","), most: String(most) });
  sites = () => this.#get<Site[]>("/sites");
  site = (site: string) => this.#get<SiteSnapshot>(`/sites/${encodeURIComponent(site)}`);
  /** Every station, page after page. */
  async allStations(): Promise<Station[]> {
    const all: Station[] = [];
    for (let after: string | undefined; ; after = all.at(-1)?.id) {
      const page = await this.#get<Station[]>("/stations", { after, most: String(STATIONS_A_PAGE) });
      all.push(...page);
      if (page.length < STATIONS_A_PAGE || all.length >= STATIONS_MAX) return all;
    }
  }
  station = (station: string) => this.#get<StationDetail>(`/stations/${encodeURIComponent(station)}`);
  commands = (station: string, most: number) =>
    this.#get<Command[]>("/commands", { station, most: String(most) });
  /** Newest first; go on with `before`, the last one's id. Fields as in the API's document. */
  sessions = (query: Readonly<Record<string, string | undefined>>) =>
    this.#get<Session[]>("/transactions", query);
  session = (id: string) => this.#get<SessionDetail>(`/transactions/${encodeURIComponent(id)}`);
  curve = (id: string, points: number) =>
    this.#get<SessionCurve>(`/transactions/${encodeURIComponent(id)}/curve`, { points: String(points) });
  /** What a station has by our commands and by its own word: charging profiles among it. */
  holds = (station: string) => this.#get<StationHolds>(`/stations/${encodeURIComponent(station)}/holds`);
  /** Those changed last first; go on with `skip`, the rows seen. */
  cards = (skip: number, most: number) =>
    this.#get<Card[]>("/tokens", { skip: String(skip), most: String(most) });
  /** Those with this text in them. */
  findCards = (text: string, most: number) => this.#get<Card[]>("/tokens", { text, most: String(most) });
  setCard = (token: string, given: { status: string; expiresAtMs?: number }) =>
    this.#put<Data>(`/tokens/${encodeURIComponent(token)}`, given);
  history = (site: string, span: { fromMs: number; toMs: number; stepMs: number }) =>
    this.#get<PowerPoint[]>(`/sites/${encodeURIComponent(site)}/history`, {
      fromMs: String(span.fromMs),
      toMs: String(span.toMs),
      stepMs: String(span.stepMs),
    });

  /** Asks the one door for a command; answered once it is durable, long before the station has acted. */
  command = (station: string, request: CommandRequest) =>
    this.#post<{ id: string }>(`/stations/${encodeURIComponent(station)}/commands`, request);

  joinOptions = (given: { invitation: string; name: string }) =>
    this.#post<Data>("/auth/join/options", given);
  join = async (given: { invitation: string; name: string; credential: unknown }) =>
    this.#signedIn(await this.#post<Me>("/auth/join", given));
  loginOptions = () => this.#post<Data>("/auth/login/options", {});
  login = async (given: { credential: unknown }) =>
    this.#signedIn(await this.#post<Me>("/auth/login", given));
  async logout(): Promise<void> {
    await this.#post<undefined>("/auth/logout", {});
    this.#csrf = "";
  }

  #signedIn(me: Me): Me {
    this.#csrf = me.csrf;
    return me;
  }

  #get<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = new URLSearchParams(given).toString();
    return this.#send<T>(search === "" ? path : `${path}?${search}`, { method: "GET" });
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.#change("POST", path, body);
  }

  #put<T>(path: string, body: unknown): Promise<T> {
    return this.#change("PUT", path, body);
  }

  #change<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
    const csrf = { [csrfHeader]: this.#csrf };
    // Without a body there is nothing whose type could be said.
    if (body === undefined) return this.#send<T>(path, { method, headers: csrf });
    const headers = { "content-type": "application/json", ...csrf };
    return this.#send<T>(path, { method, headers, body: JSON.stringify(body) });
  }

  async #send<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(base + path, { ...init, signal: AbortSignal.timeout(REQUEST_MS_MAX) }).catch(
      (cause: unknown) => {
        throw Object.assign(new ApiProblem({ status: 0, code: "no-answer", sentence: "" }), { cause });
      },
    );
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) this.#heard(date);
    const text = await response.text();
    const body: unknown = text === "" ? undefined : parseJson(text);
    if (!response.ok) throw readProblem(response.status, body);
    // The document from which T is generated is also what the server checks its answers against.
    return body as T;
  }
}

export type CommandRequest = {
  readonly action: string;
  readonly payload: Data;
  readonly reason: string;
  readonly expiresInS: number;
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
