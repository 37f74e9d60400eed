/**
 * For tests: the API over a core in memory, simulated time and seeded chance, and a browser's way to talk to it.
 */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Log, type SiteId, silentLog } from "@wattward/kernel";
import { type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import type { LightMyRequestResponse } from "fastify";
import type { Core, Decisions } from "../../core/port.ts";
import { queries } from "../../core/queries.ts";
import { type TestCore, testCore } from "../../core/testing/test-core.ts";
import { LiveEnergies } from "../../energy/live.ts";
import { prometheusMetrics } from "../../metrics/prometheus.ts";
import { type QueryWorld, rowsOf } from "../../queries/world.ts";
import type { ConsoleFiles } from "../console-pages.ts";
import { type Api, type ApiOptions, createApi } from "../create-api.ts";
import type { Probe } from "../routes/health.ts";
import { newInvitationLink } from "../sign-in/invitation.ts";
import { SoftwareAuthenticator } from "./authenticator.ts";

export const ORIGIN = "http://localhost:8080";
export const HOST = "localhost:8080";

export type Desk = {
  readonly api: Api;
  readonly db: TestCore["db"];
  readonly time: SimulatedTime;
  readonly core: Core;
  /** Where a site's link would leave what its energy is now. */
  readonly energies: LiveEnergies;
  /** Adds a row, whatever the core would say. */
  readonly add: QueryWorld["add"];
  /** Decisions asked for, in order. */
  readonly decided: { readonly name: keyof Decisions; readonly input: unknown }[];
  /** Sets how a decision answers, in place of the core's own. */
  answer<N extends keyof Decisions>(
    name: N,
    by: (input: Decisions[N]["input"]) => Decisions[N]["output"],
  ): void;
  /** Commits `count` observations, of a site or of none. */
  observe(count: number, site?: string): Promise<void>;
  close(): Promise<void>;
};

export type DeskOptions = {
  readonly consoleFiles?: ConsoleFiles;
  readonly probes?: Readonly<Record<string, Probe>>;
  readonly names?: readonly string[];
  readonly log?: Log;
  readonly tls?: ApiOptions["tls"];
  readonly hash?: ApiOptions["hash"];
};

/** Closed when the test ends, however it ends. */
export async function openDesk(test: TestContext, options: DeskOptions = {}): Promise<Desk> {
  const base = await testCore();
  const time = simulatedTime();
  const decided: Desk["decided"] = [];
  const answers = new Map<keyof Decisions, (input: never) => unknown>();

  const core: Core = {
    async decide(name, input) {
      decided.push({ name, input });
      const by = answers.get(name);
      if (by === undefined) return base.decide(name, input);
      return by(input as never) as Decisions[typeof name]["output"];
    },
    query: (name, input) => base.writer.between(() => queries[name](base.db, input)),
    onCommitted: (listener) => base.writer.onCommitted(listener),
    close: () => base.close(),
  };
  const energies = new LiveEnergies();
  const api = await createApi({
    core,
    energies,
    clock: time,
    chance: seededChance(7),
    log: options.log ?? silentLog,
    metrics: prometheusMetrics({ processMetrics: false }),
    probes: options.probes ?? {},
    names: options.names ?? [],
    issuers: ["O=Wattward, CN=Station CA"],
    consoleFiles: options.consoleFiles,
    hash: options.hash,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  let closed = false;
  let observed = 0;
  const close = async () => {
    if (closed) return;
    closed = true;
    await api.close();
    await core.close();
  };
  test.after(close);
  return {
    api,
    db: base.db,
    time,
    core,
    energies,
    add: rowsOf(base.db),
    decided,
    answer: (name, by) => void answers.set(name, by),
    async observe(count, site) {
      const { wallMs: atMs } = time.now();
      const where = site === undefined ? {} : { site: site as SiteId };
      // Of two alike the second is one that was told again.
      for (let i = 0; i < count; i++)
        await base.decide("observe", { kind: "test", detail: { n: observed++ }, atMs, ...where });
    },
    close,
  };
}

export type Asking = {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

/** A browser on our own page: keeps the cookie, sends what browsers send. */
export class Browser {
  private readonly desk: Desk;
  readonly origin: string;
  cookie: string | undefined;
  csrf = "";

  constructor(desk: Desk, origin = ORIGIN) {
    this.desk = desk;
    this.origin = origin;
  }

  async ask({ method = "GET", url, body, headers = {} }: Asking): Promise<LightMyRequestResponse> {
    const reply = await this.desk.api.app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      headers: {
        host: new URL(this.origin).host,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "GET" ? {} : { origin: this.origin, "sec-fetch-site": "same-origin" }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(this.csrf === "" ? {} : { "x-wattward-csrf": this.csrf }),
        ...headers,
      },
    });
    const set = [reply.headers["set-cookie"] ?? []].flat()[0];
    if (set !== undefined) this.cookie = set.split(";")[0];
    return reply;
  }

  post(path: string, body?: unknown): Promise<LightMyRequestResponse> {
    return this.ask({ method: "POST", url: `/api/v1/${path}`, ...(body === undefined ? {} : { body }) });
  }

  /** What is read at a path below the API's root; fails where another status answers than the one that is meant. */
  async get<T>(path: string, status = 200): Promise<T> {
    const reply = await this.ask({ url: `/api/v1/${path}` });
    assert.equal(reply.statusCode, status, `${path}: ${reply.body}`);
    return reply.json();
  }

  /** Joins with a fresh invitation, or with that one. */
  async join(
    name: string,
    authenticator = new SoftwareAuthenticator(),
    invited?: string,
  ): Promise<SoftwareAuthenticator> {
    const invitation = invited ?? (await newInvitation(this.desk));
    const options = (await this.post("auth/join/options", { invitation, name })).json();
    const credential = authenticator.create(options, this.origin);
    const reply = await this.post("auth/join", { invitation, name, credential });
    if (reply.statusCode !== 200) throw new Error(reply.body);
    this.csrf = reply.json().csrf;
    return authenticator;
  }
}

/** A desk with somebody at it, who joined first and so is an administrator. */
export async function signedIn(test: TestContext): Promise<{ desk: Desk; browser: Browser }> {
  const desk = await openDesk(test);
  const browser = new Browser(desk);
  await browser.join("Ada");
  return { desk, browser };
}

/** The secret of a new invitation. */
export async function newInvitation(desk: Desk): Promise<string> {
  const chance = seededChance(desk.decided.length + 1);
  const link = await newInvitationLink({ core: desk.core, chance, clock: desk.time }, ORIGIN);
  return link.split("#")[1] ?? "";
}
