/**
 * For tests: the API over a database in memory, simulated time and seeded chance, and a browser's way to talk to it.
 * The decisions are the few that the API itself asks for, written straight to the tables.
 */
import { type Log, silentLog } from "@wattward/kernel";
import { type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import type { LightMyRequestResponse } from "fastify";
import type { Core, Decisions } from "../../core/port.ts";
import { queries } from "../../core/queries.ts";
import { prometheusMetrics } from "../../metrics/prometheus.ts";
import { type QueryWorld, queryWorld } from "../../queries/world.ts";
import type { ConsoleFiles } from "../console-pages.ts";
import { type Api, createApi } from "../create-api.ts";
import type { Probe } from "../routes/health.ts";
import { newInvitationLink } from "../sign-in/invitation.ts";
import { SoftwareAuthenticator } from "./authenticator.ts";

export const ORIGIN = "http://localhost:8080";
export const HOST = "localhost:8080";

export type Desk = {
  readonly api: Api;
  readonly world: QueryWorld;
  readonly time: SimulatedTime;
  readonly core: Core;
  /** Decisions asked for, in order. */
  readonly decided: { readonly name: keyof Decisions; readonly input: unknown }[];
  /** Sets how a decision answers, in place of the built-in way. */
  answer<N extends keyof Decisions>(
    name: N,
    by: (input: Decisions[N]["input"]) => Decisions[N]["output"],
  ): void;
  /** Appends to the outbox and tells listeners, as a commit does. */
  commit(entries: readonly { kind: string; site?: string }[]): Promise<void>;
  close(): Promise<void>;
};

export type DeskOptions = {
  readonly consoleFiles?: ConsoleFiles;
  readonly probes?: Readonly<Record<string, Probe>>;
  readonly names?: readonly string[];
  readonly log?: Log;
};

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const world = await queryWorld();
  const time = simulatedTime();
  const listeners = new Set<(seq: number) => void>();
  const decided: Desk["decided"] = [];
  const answers = new Map<keyof Decisions, (input: never) => unknown>();
  let seq = 0;

  const core: Core = {
    async decide(name, input) {
      decided.push({ name, input });
      const by = answers.get(name);
      const output = by === undefined ? await builtIn(world, name, input) : by(input as never);
      return output as Decisions[typeof name]["output"];
    },
    query: (name, input) => queries[name](world.db, input),
    onCommitted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => world.close(),
  };
  const api = await createApi({
    core,
    clock: time,
    chance: seededChance(7),
    log: options.log ?? silentLog,
    metrics: prometheusMetrics({ processMetrics: false }),
    probes: options.probes ?? {},
    names: options.names ?? [],
    consoleFiles: options.consoleFiles,
  });
  return {
    api,
    world,
    time,
    core,
    decided,
    answer: (name, by) => void answers.set(name, by),
    async commit(entries) {
      for (const { kind, site } of entries) {
        await world.add("outbox", { seq: ++seq, kind, site_id: site ?? null, data: `{"n":${seq}}` });
      }
      for (const listener of listeners) listener(seq);
    },
    async close() {
      await api.close();
      world.close();
    },
  };
}

/** The decisions of people and sessions, as the core makes them. */
async function builtIn(world: QueryWorld, name: keyof Decisions, given: unknown): Promise<unknown> {
  switch (name) {
    case "person.invite": {
      const { hash, role, expiresAtMs } = given as Decisions["person.invite"]["input"];
      return void (await world.add("invitations", { hash, role, expires_at_ms: expiresAtMs }));
    }
    case "person.join": {
      const { invitation, name: personName, passkey, atMs } = given as Decisions["person.join"]["input"];
      const valid = await queries["invitation.get"](world.db, { hash: invitation, nowMs: atMs });
      if (valid === undefined) return { kind: "refused", reason: "invitation" };
      const person = `p-${personName}`;
      const used = world.db
        .updateTable("invitations")
        .set({ used_at_ms: atMs })
        .where("hash", "=", invitation);
      await used.execute();
      await world.add("people", { id: person, name: personName, role: valid.role });
      const { id, publicKey, counter, transports } = passkey;
      await world.add("passkeys", { id, person_id: person, public_key: publicKey, counter, transports });
      return { kind: "joined", person };
    }
    case "session.open": {
      const {
        hash,
        person,
        kind,
        name: sessionName,
        expiresAtMs,
        passkey,
      } = given as Decisions["session.open"]["input"];
      await world.add("sessions", {
        hash,
        person_id: person,
        kind,
        name: sessionName,
        expires_at_ms: expiresAtMs,
      });
      if (passkey !== undefined) {
        const counted = world.db.updateTable("passkeys").set({ counter: passkey.counter });
        await counted.where("id", "=", passkey.id).execute();
      }
      return undefined;
    }
    case "session.close": {
      const { hash } = given as Decisions["session.close"]["input"];
      return void (await world.db.deleteFrom("sessions").where("hash", "=", hash).execute());
    }
    default:
      throw new Error(`this test says nothing of ${name}`);
  }
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

  /** Joins with a fresh invitation. */
  async join(name: string, authenticator = new SoftwareAuthenticator()): Promise<SoftwareAuthenticator> {
    const invitation = await newInvitation(this.desk);
    const options = (await this.post("auth/join/options", { invitation, name })).json();
    const credential = authenticator.create(options, this.origin);
    const reply = await this.post("auth/join", { invitation, name, credential });
    if (reply.statusCode !== 200) throw new Error(reply.body);
    this.csrf = reply.json().csrf;
    return authenticator;
  }
}

/** The secret of a new invitation. */
export async function newInvitation(desk: Desk): Promise<string> {
  const chance = seededChance(desk.decided.length + 1);
  const link = await newInvitationLink({ core: desk.core, chance, clock: desk.time }, ORIGIN);
  return link.split("#")[1] ?? "";
}
