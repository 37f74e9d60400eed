/**
 * A core in memory for tests of the gateway: it keeps the promises of the door (order, once per journal record, an
 * answer after its "commit") and none of the business. A commit takes `commitMs` of simulated time; what it was told
 * stands in `seen`, in order.
 */
import type { Clock, JsonObject, StationId } from "@wattward/kernel";
import type { Handling } from "@wattward/ocpp";
import {
  type CommandOutcome,
  type Core,
  CoreError,
  type Decisions,
  type DueCommand,
  type Lease,
  type OutboxEntry,
  type Queries,
  type SiteRecord,
  type SiteRecordDone,
} from "../../core/port.ts";

type DecisionName = keyof Decisions;
type Seen = {
  [N in DecisionName]: { readonly name: N; readonly input: Decisions[N]["input"] };
}[DecisionName];
type Table = { [N in DecisionName]?: (input: Decisions[N]["input"]) => Decisions[N]["output"] };
type Denial = Queries["denials.all"]["output"][number];

export class FakeCore implements Core {
  readonly stations = new Map<
    string,
    { serial: string; route: "direct" | "site" | "either"; site?: string; handling?: Handling }
  >();
  readonly sites = new Set<string>();
  readonly seen: Seen[] = [];
  readonly journals = new Map<string, number>();
  readonly denials: Denial[] = [];
  readonly dispensations: Queries["dispensations.all"]["output"][number][] = [];
  readonly outbox: OutboxEntry[] = [];
  readonly commands: (DueCommand & { station: string })[] = [];
  readonly outcomes: CommandOutcome[] = [];
  tokens: string[] = [];
  /** The next decision of each of these names fails so. */
  readonly failures = new Map<DecisionName, CoreError["kind"]>();
  /** While set: these decisions, or all, fail so. */
  trouble: { readonly kind: CoreError["kind"]; readonly of?: readonly DecisionName[] } | undefined;
  /** The welcome says so instead of what the journal holds. */
  rewound = false;
  /** When the next command is due to end. */
  nextDueMs: number | undefined;
  commitMs = 2;
  /** Queries so far. */
  asked = 0;
  most = 0;
  closed = false;
  private readonly clock: Clock;
  private readonly listeners = new Set<(seq: number) => void>();
  private readonly newest = new Map<string, number>();
  private readonly compiled = new Map<string, { version: number; text: string }>();
  private waiting = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** What was decided under this name, in order. */
  inputs<N extends DecisionName>(name: N): Decisions[N]["input"][] {
    return this.seen.flatMap((seen) => (seen.name === name ? [seen.input as Decisions[N]["input"]] : []));
  }

  observed(): string[] {
    return this.inputs("observe").map(({ kind }) => kind);
  }

  /** As another process would: a row and its outbox entry. */
  commit(kind: string, about: { station?: string; site?: string } = {}): void {
    const entry = {
      seq: this.outbox.length + 1,
      atMs: 0,
      source: "csms",
      kind,
      live: true,
      data: {},
      ...about,
    };
    this.outbox.push(entry);
    for (const listener of this.listeners) listener(entry.seq);
  }

  request(station: string, command: Partial<DueCommand> = {}): void {
    const id = `c${this.commands.length + this.outcomes.length + 1}`;
    const expiresAtMs = this.clock.now().wallMs + 600_000;
    this.commands.push({ id, action: "Reset", payload: { type: "Soft" }, expiresAtMs, station, ...command });
    this.commit("command.requested", { station });
  }

  async decide<N extends DecisionName>(
    name: N,
    input: Decisions[N]["input"],
  ): Promise<Decisions[N]["output"]> {
    if (this.closed) throw new CoreError("closed", "the fake is closed");
    this.seen.push({ name, input } as Seen);
    this.waiting += 1;
    this.most = Math.max(this.most, this.waiting);
    const troubled = this.trouble?.of?.includes(name) ?? true;
    const failure = this.failures.get(name) ?? (troubled ? this.trouble?.kind : undefined);
    this.failures.delete(name);
    const decide = this.table[name] as ((input: Decisions[N]["input"]) => Decisions[N]["output"]) | undefined;
    const output = failure === undefined ? decide?.(input) : undefined;
    await new Promise<void>((resolve) => void this.clock.after(this.commitMs, resolve));
    this.waiting -= 1;
    if (failure !== undefined) throw new CoreError(failure, `the fake is told to be ${failure}`);
    return output as Decisions[N]["output"];
  }

  async query<N extends keyof Queries>(name: N, input: Queries[N]["input"]): Promise<Queries[N]["output"]> {
    this.asked += 1;
    const output = this.queried(name, input as never);
    return output as Queries[N]["output"];
  }

  onCommitted(listener: (seq: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private queried(name: keyof Queries, input: Queries["outbox.after"]["input"]): unknown {
    if (name === "outbox.head") return this.outbox.length;
    if (name === "denials.all") return structuredClone(this.denials);
    if (name === "dispensations.all") return structuredClone(this.dispensations);
    if (name === "commands.nextDue") return this.nextDueMs;
    if (name !== "outbox.after") throw new Error(`the fake has no query ${name}`);
    const { seq, most, kinds } = input;
    return this.outbox
      .filter((entry) => entry.seq > seq && (kinds?.includes(entry.kind) ?? true))
      .slice(0, most);
  }

  private readonly table: Table = {
    "station.admit": ({ station, route, certificate }) => {
      const known = this.stations.get(station);
      if (known === undefined) return { kind: "refused", reason: "unknown-station" };
      if (known.serial !== certificate.serial) return { kind: "refused", reason: "wrong-certificate" };
      if (route.kind === "direct" && known.route === "site")
        return { kind: "refused", reason: "wrong-route" };
      const newestMs = this.newest.get(station) ?? 0;
      if (certificate.notBeforeMs < newestMs) return { kind: "refused", reason: "older-certificate" };
      this.newest.set(station, certificate.notBeforeMs);
      return { kind: "admitted", pending: false };
    },
    "station.call": ({ action, payload }) => ({ kind: "result", payload: this.answerTo(action, payload) }),
    "station.send": () => ({ kind: "taken" }),
    "site.relay": ({ action, payload }) => ({ kind: "result", payload: this.answerTo(action, payload) }),
    "station.admitByPassword": ({ station, securityProfile, passwordHash }) => {
      const known = this.stations.get(station);
      if (known === undefined) return { kind: "refused", reason: "unknown-station" };
      const holds = this.dispensations.some(
        (one) =>
          one.station === station &&
          one.securityProfile === securityProfile &&
          one.passwordHash === passwordHash,
      );
      if (!holds) return { kind: "refused", reason: "no-dispensation" };
      if (known.route === "site") return { kind: "refused", reason: "wrong-route" };
      return { kind: "admitted", pending: false, ...(known.handling && { handling: known.handling }) };
    },
    "dispensations.expire": ({ atMs }) => {
      for (const one of this.dispensations.filter(({ untilMs }) => untilMs <= atMs)) {
        this.dispensations.splice(this.dispensations.indexOf(one), 1);
        this.commit("dispensation.ended", { station: one.station });
      }
      return undefined;
    },
    "site.hello": ({ site, epoch }) => {
      if (!this.sites.has(site)) return { kind: "unknown-site" };
      const ackedSeq = this.rewound ? -1 : (this.journals.get(`${site} ${epoch}`) ?? 0);
      this.rewound = false;
      return { kind: "welcome", csmsEpoch: 1, ackedSeq, leases: [this.lease(1)] };
    },
    "site.record": (input) => this.record(input),
    "site.lease": () => this.lease(2),
    "bundle.compile": ({ site }) => this.bundle(site),
    "site.quarters": ({ quarters }) => ({
      refused: 0,
      untilWallMs: Math.max(...quarters.map(({ fromWallMs }) => fromWallMs)),
    }),
    "command.take": ({ station, most }) => {
      const due = this.commands.filter((command) => command.station === station).slice(0, most);
      for (const command of due) this.commands.splice(this.commands.indexOf(command), 1);
      return due.map(({ station: _, ...command }) => command);
    },
    "command.expire": () => void (this.nextDueMs = undefined),
    "messages.write": () => ({ kind: "written", perStationAndDay: 20_000 }),
    "retention.trim": () => ({ more: false }),
    "command.outcome": (outcome) => void this.outcomes.push(outcome),
  };

  private answerTo(action: string, _payload: JsonObject): JsonObject {
    const currentTime = new Date(this.clock.now().wallMs).toISOString();
    if (action === "BootNotification") return { currentTime, interval: 300, status: "Accepted" };
    if (action === "Heartbeat") return { currentTime };
    if (action === "Authorize") return { idTagInfo: { status: "Accepted" } };
    return {};
  }

  private record({ site, live, record, call }: SiteRecord): SiteRecordDone {
    const journal = `${site} ${record.epoch}`;
    const ackedSeq = this.journals.get(journal) ?? 0;
    const answer =
      live && call ? { answer: { kind: "result", payload: this.answerTo(call.action, call.payload) } } : {};
    if (record.seq <= ackedSeq) return { kind: "duplicate", ackedSeq, ...answer } as SiteRecordDone;
    if (record.seq > ackedSeq + 1) return { kind: "gap", ackedSeq };
    this.journals.set(journal, record.seq);
    return { kind: "applied", ackedSeq: record.seq, ...answer } as SiteRecordDone;
  }

  private lease(block: number): Lease {
    return { csmsEpoch: 1, from: block * 1000, to: block * 1000 + 999 };
  }

  private bundle(site: string): { version: number; body: string } {
    const stations = [...this.stations]
      .filter(([, station]) => station.site === site)
      .map(([id, { serial, handling }]) => ({ id: id as StationId, serial, ...(handling && { handling }) }));
    const localList = this.tokens.map((token) => ({ token, status: "Accepted" }));
    const text = JSON.stringify({ stations, localList });
    const last = this.compiled.get(site);
    const version = last === undefined ? 1 : last.version + (last.text === text ? 0 : 1);
    this.compiled.set(site, { version, text });
    const policy = { unknownTokenOffline: "refuse", cacheMsMax: 0, heartbeatIntervalS: 300 };
    const fixed = { schema: 1, site, version, csmsEpoch: 1, issuedAtMs: 0, softwareFloor: "0.1.0" };
    const body = JSON.stringify({ ...fixed, stations, localList, stationAnchors: [], deny: [], policy });
    return { version, body };
  }
}
