/**
 * The central system with its real gateway and its real core, on simulated time and network, and stations that send raw
 * frames: what the field reports, fed through the code that serves it.
 */
import assert from "node:assert/strict";
import { type Json, type JsonObject, type Log, type StationId, silentLog, type Wire } from "@wattward/kernel";
import { signBundle } from "@wattward/pki";
import { SimulatedNetwork, type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import { createCore } from "../../core/create-core.ts";
import type { Core, Decisions, OutboxEntry, StationDetail } from "../../core/port.ts";
import { createCsms } from "../../csms.ts";
import { type Identity, testAuthorities } from "../../gateway/testing/certificates.ts";
import { Trust } from "../../gateway/trust.ts";

const PORT = 9443;
export const minute = 60_000;

type Handling = Omit<Decisions["station.handle"]["input"], "station" | "actor" | "atMs">;

export type Bench = {
  readonly time: SimulatedTime;
  readonly core: Core;
  /** Lines of the log: event and fields. */
  readonly log: readonly { readonly event: string; readonly fields: object }[];
  /** Adds a direct station, accepted, and handled so. */
  add(id: string, handling?: Handling): Promise<void>;
  /** Connects it; the wire is open, whatever the gateway does with it next. */
  connect(id: string, protocols?: readonly string[]): Promise<RawStation>;
  /** Connects, boots, and is accepted. */
  booted(id: string, version?: "1.6" | "2.0.1"): Promise<RawStation>;
  detail(id: string): Promise<StationDetail>;
  /** rule → how often. */
  deviations(id: string): Promise<Record<string, number>>;
  transactions(id: string): Promise<readonly Awaited<ReturnType<typeof transactionsOf>>[number][]>;
  outbox(kind: string): Promise<readonly OutboxEntry[]>;
  command(station: string, action: string, payload: JsonObject, minutes?: number): Promise<string>;
  /** The instant that is `ms` from now, as OCPP writes it. */
  at(ms?: number): string;
  close(): Promise<void>;
};

const transactionsOf = (core: Core, id: string) =>
  core.query("transactions.list", { station: id as StationId, openOnly: false, most: 50 });

export async function bench(): Promise<Bench> {
  const time = simulatedTime();
  const chance = seededChance(1);
  const network = new SimulatedNetwork(time, chance);
  const log: { event: string; fields: object }[] = [];
  const core = await createCore({ database: ":memory:", log: silentLog, chance, clock: time });
  const ca = await testAuthorities(time, 1);
  const { station, site, bundle } = ca.authorities;
  const starting = createCsms({
    ...{ core, clock: time, chance, log: keptIn(log) },
    trust: new Trust({ station: [station.pem], site: [site.pem] }),
    signBundle: (body) => signBundle(body, bundle),
    metrics: { count() {}, set() {}, observe() {} },
    listen: ({ upgrade }) => network.host("csms").listen(PORT, upgrade),
  });
  await time.advance(100);
  const csms = await starting;
  const identities = new Map<string, Identity>();

  const made: Bench = {
    ...{ time, core, log },
    at: (ms = 0) => new Date(time.now().wallMs + ms).toISOString(),
    async add(id, handling) {
      const atMs = time.now().wallMs;
      const who = { station: id as StationId, actor: "test", atMs };
      await core.decide("station.add", { ...who, serial: id, route: "direct" });
      if (handling !== undefined) await core.decide("station.handle", { ...who, ...handling });
      identities.set(id, identities.get(id) ?? (await ca.station(id)));
    },
    async connect(id, protocols = ["ocpp1.6"]) {
      const chain = identities.get(id)?.chain ?? assert.fail(`${id} was not added`);
      const dialling = network.host(`host-${id}`).dialer("csms", PORT, chain).dial(`/ocpp/${id}`, protocols);
      await time.advance(3_000);
      const dialled = await dialling;
      assert(dialled.ok, dialled.ok ? "" : dialled.fault.sentence);
      return new RawStation(dialled.value, time);
    },
    async booted(id, version = "1.6") {
      const peer = await made.connect(id, [version === "1.6" ? "ocpp1.6" : "ocpp2.0.1"]);
      const [answer] = await peer.say(bootOf[version]);
      assert.match(JSON.stringify(answer), /"Accepted"/);
      return peer;
    },
    async detail(id) {
      await time.advance(2_000);
      return (await core.query("station.get", { station: id as StationId })) ?? assert.fail(`no ${id}`);
    },
    async deviations(id) {
      const { deviations } = await made.detail(id);
      return Object.fromEntries(deviations.map(({ rule, count }) => [rule, count]));
    },
    transactions: (id) => transactionsOf(core, id),
    outbox: async (kind) => core.query("outbox.after", { seq: 0, most: 1_000, kinds: [kind] }),
    async command(id, action, payload, minutes = 60) {
      const atMs = time.now().wallMs;
      const asked = { station: id as StationId, action, payload, actor: "test", reason: "a test", atMs };
      const said = await core.decide("command.request", { ...asked, expiresAtMs: atMs + minutes * minute });
      assert(said.kind === "requested", JSON.stringify(said));
      await time.advance(1_000);
      return said.id;
    },
    async close() {
      const closing = csms.close();
      await time.advance(10_000);
      await closing;
    },
  };
  return made;
}

export const bootOf = {
  "1.6": '[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]',
  "2.0.1":
    '[2,"boot","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}]',
} as const;

/** The payload of a CALLRESULT; anything else fails the test. */
export function bodyOf(frame: Json[] | undefined): JsonObject {
  assert.equal(frame?.[0], 3, JSON.stringify(frame));
  return frame?.[2] as JsonObject;
}

/** The station's end of a socket. */
export class RawStation {
  readonly received: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly wire: Wire;
  private readonly time: SimulatedTime;
  private answers: ((action: string, payload: JsonObject) => Json | undefined) | undefined;

  constructor(wire: Wire, time: SimulatedTime) {
    this.wire = wire;
    this.time = time;
    wire.listen({
      message: (text) => this.took(text),
      closed: (code, reason) => (this.closed = { code, reason }),
    });
  }

  /** Sends these frames as they stand, lets 300 ms pass, and gives what came back, parsed. */
  async say(...frames: readonly string[]): Promise<Json[][]> {
    const before = this.received.length;
    for (const frame of frames) this.wire.send(frame);
    await this.time.advance(300);
    return this.received.slice(before).map((text) => JSON.parse(text) as Json[]);
  }

  /** From now on CALLs are answered so: a payload, a whole raw frame as text, or nothing. */
  answering(answers: (action: string, payload: JsonObject) => Json | undefined): void {
    this.answers = answers;
  }

  /** CALLs of the central system so far: action and payload. */
  asked(): [action: string, payload: JsonObject][] {
    return this.received.flatMap((text) => {
      const [type, , action, payload] = JSON.parse(text) as Json[];
      return type === 2 ? [[String(action), payload as JsonObject] as [string, JsonObject]] : [];
    });
  }

  private took(text: string): void {
    this.received.push(text);
    const [type, id, action, payload] = JSON.parse(text) as Json[];
    if (type !== 2) return;
    const answer = this.answers?.(String(action), payload as JsonObject);
    if (answer === undefined) return;
    this.wire.send(
      typeof answer === "string" ? answer.replace("ID", String(id)) : JSON.stringify([3, id, answer]),
    );
  }
}

function keptIn(lines: { event: string; fields: object }[]): Log {
  const keep = (event: string, fields: object = {}) => void lines.push({ event, fields });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  return log;
}
