/** A central system on simulated time and network, with a fake core, and peers that speak to it by hand. */
import { createHash } from "node:crypto";
import { type Clock, type DialFault, type Log, type StationId, silentLog, type Wire } from "@wattward/kernel";
import { newPassword, type PasswordHasher, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { signBundle } from "@wattward/pki";
import { type CsmsMessage, parseCsmsMessage, SITE_PROTOCOL } from "@wattward/sitelink";
import { SimulatedNetwork, type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import { type Csms, createCsms } from "../../csms.ts";
import type { LiveEnergies } from "../../energy/live.ts";
import type { PeerRates } from "../ports.ts";
import { Trust } from "../trust.ts";
import { type Identity, type TestAuthorities, testAuthorities } from "./certificates.ts";
import { FakeCore } from "./fake-core.ts";

const PORT = 9443;
/** Of the listeners of security profiles 1 and 2. */
const passwordPorts = { 1: 9446, 2: 9445 } as const;

export type World = {
  readonly time: SimulatedTime;
  readonly network: SimulatedNetwork;
  readonly core: FakeCore;
  readonly csms: Csms;
  readonly ca: TestAuthorities;
  /** Adds it to the inventory and issues its certificate. */
  addStation(id: string, where?: { site?: string; route?: "direct" | "site" | "either" }): Promise<Identity>;
  addSite(site: string): Promise<Identity>;
  /** A direct station with a dispensation, in place of one that it has; gives its password. */
  dispense(id: string, securityProfile: PasswordProfile, untilMs: number): Promise<string>;
  /** As another process would: out of the store, and told. */
  takeBack(id: string): void;
  dial(path: string, from: Partial<Call>): Promise<Peer | DialFault>;
  /** A direct station that is expected to be let in. */
  station(id: string, from: Partial<Call>): Promise<Peer>;
  /** A site link that is expected to be let in; nothing is said on it yet. */
  site(id: string, from: Partial<Call>): Promise<Peer>;
};

/** `withinMs`: simulated time that passes while it dials; the default leaves room for a takeover to be decided. */
type Call = {
  identity: Identity;
  host: string;
  protocols: readonly string[];
  withinMs: number;
  /** Dials the listener of that security profile instead, with these credentials if any. */
  by: PasswordProfile;
  user: string;
  password: string | Uint8Array;
};

/** Stands in for Argon2id, in no time: bound to secret and nonce, and to nothing else. */
export const fakeHash: PasswordHasher = async ({ secret, nonce }) =>
  createHash("sha256").update(nonce).update(secret).digest();

export async function world(
  options: {
    log?: Log;
    seed?: number;
    hash?: PasswordHasher;
    rates?: PeerRates;
    energies?: LiveEnergies;
  } = {},
): Promise<World> {
  const { log = silentLog, seed = 1, rates = {} } = options;
  const time = simulatedTime();
  const chance = seededChance(seed);
  const network = new SimulatedNetwork(time, chance);
  const core = new FakeCore(time);
  const ca = await testAuthorities(time, seed);
  const { station, site, bundle } = ca.authorities;
  const starting = createCsms({
    core,
    clock: time,
    chance,
    log,
    rates,
    ...(options.energies && { energies: options.energies }),
    trust: new Trust({ station: [station.pem], site: [site.pem] }),
    signBundle: (body) => signBundle(body, bundle),
    metrics: { count() {}, set() {}, observe() {} },
    listen: ({ upgrade }) => network.host("csms").listen(PORT, upgrade),
    passwords: {
      hash: options.hash ?? fakeHash,
      listen: (profile, _, { upgrade }) => network.host("csms").listen(passwordPorts[profile], upgrade),
    },
  });
  await time.advance(100);
  const csms = await starting;

  const dial: World["dial"] = async (path, call) => {
    const { identity, host = "10.0.0.1", protocols = ["ocpp1.6"], withinMs = 3_000, by } = call;
    const port = by === undefined ? PORT : passwordPorts[by];
    const shown = { certificateChain: identity?.chain, authorization: basic(path, call) };
    const dialling = network.host(host).dialer("csms", port, shown).dial(path, protocols);
    await time.advance(withinMs);
    const dialled = await dialling;
    if (!dialled.ok) return dialled.fault;
    return new Peer(dialled.value, time);
  };
  const expected = async (path: string, from: Partial<Call>): Promise<Peer> => {
    const peer = await dial(path, from);
    if (!(peer instanceof Peer)) throw new Error(`${path}: ${peer.sentence}`);
    return peer;
  };
  return {
    time,
    network,
    core,
    csms,
    ca,
    addStation: (id, { site, route = site === undefined ? "direct" : "site" } = {}) => {
      core.stations.set(id, { serial: `SN-${id}`, route, ...(site === undefined ? {} : { site }) });
      return ca.station(`SN-${id}`);
    },
    async dispense(id, securityProfile, untilMs) {
      if (!core.stations.has(id)) core.stations.set(id, { serial: `SN-${id}`, route: "direct" });
      const { password, passwordHash } = await newPassword(fakeHash, chance);
      const route = core.stations.get(id)?.route ?? "direct";
      const others = core.dispensations.filter(({ station }) => station !== id);
      const given = { station: id as StationId, securityProfile, untilMs, passwordHash, route };
      core.dispensations.splice(0, core.dispensations.length, ...others, given);
      core.commit("dispensation.given", { station: id });
      await time.advance(200);
      return password;
    },
    takeBack(id) {
      const others = core.dispensations.filter(({ station }) => station !== id);
      core.dispensations.splice(0, core.dispensations.length, ...others);
      core.commit("dispensation.ended", { station: id });
    },
    addSite: (site) => {
      core.sites.add(site);
      return ca.site(site);
    },
    dial,
    station: (id, from) => expected(`/ocpp/${id}`, from),
    site: (id, from) => expected(`/site/${id}`, { protocols: [SITE_PROTOCOL], ...from }),
  };
}

/** The header of HTTP Basic; the user is the id of the path unless the test says otherwise. */
function basic(
  path: string,
  { user = path.split("/").at(-1) ?? "", password }: Partial<Call>,
): string | undefined {
  if (password === undefined) return undefined;
  return `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString("base64")}`;
}

/** The other end of a connection: what it received, and how it ended. */
export class Peer {
  readonly wire: Wire;
  readonly received: string[] = [];
  closed: { code: number; reason: string } | undefined;
  private readonly clock: Clock & Pick<SimulatedTime, "advance">;

  constructor(wire: Wire, clock: SimulatedTime) {
    this.wire = wire;
    this.clock = clock;
    wire.listen({
      message: (text) => this.received.push(text),
      closed: (code, reason) => (this.closed = { code, reason }),
    });
  }

  /** Sends, and lets 200 ms pass: time enough for an answer. */
  async say(...messages: (string | object)[]): Promise<void> {
    for (const message of messages)
      this.wire.send(typeof message === "string" ? message : JSON.stringify(message));
    await this.clock.advance(200);
  }

  /** Site link messages received so far, of one kind. */
  heard<T extends CsmsMessage["t"]>(t: T): Extract<CsmsMessage, { t: T }>[] {
    return this.received.flatMap((text) => {
      const message = parseCsmsMessage(text);
      if (!message.ok) throw new Error(`${message.fault.sentence} ${text}`);
      return message.value.t === t ? [message.value as Extract<CsmsMessage, { t: T }>] : [];
    });
  }
}
