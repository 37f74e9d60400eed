/**
 * A site in a world to break: simulated time, network and disk, a fake CSMS, and stations that retry like real ones.
 * Certificates are fakes that name themselves; the real check has its own tests in `@wattward/pki`.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Chance,
  type Dialer,
  type Log,
  type SiteId,
  type StationId,
  silentLog,
  type Wire,
} from "@wattward/kernel";
import { type OcppVersion, subprotocols } from "@wattward/ocpp";
import {
  type Dispensation,
  newPassword,
  type PasswordHasher,
  type PasswordProfile,
} from "@wattward/ocpp/ways-in";
import {
  type BootedDisk,
  type Host,
  SimulatedDisk,
  SimulatedNetwork,
  type SimulatedTime,
  seededChance,
  simulatedTime,
} from "@wattward/testing";
import type { LineLink } from "../energy-link/line-link.ts";
import type { JournalLimits } from "../journal/limits.ts";
import { createSite, type Site, type SiteTrust } from "../site.ts";
import type { StationFacts } from "../stations/door.ts";
import { FakeCsms, fakeBundle } from "./fake-csms.ts";

export const SITE = "north" as SiteId;
const LISTEN = 9444;
const LINK = 9443;
/** Of the listeners of security profiles 1 and 2. */
const passwordPorts = { 1: 9448, 2: 9447 } as const;

/** Stands in for Argon2id, in no time: bound to secret and nonce, and to nothing else. */
const fakeHash: PasswordHasher = async ({ secret, nonce }) =>
  createHash("sha256").update(nonce).update(secret).digest();

/** The key that a station's certificate has, unless told otherwise: 64 hexadecimal digits. */
export const keyOf = (station: string): string => Buffer.from(station).toString("hex").padStart(64, "0");

export class World {
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly csms: FakeCsms;
  /** The site machine's own clock. */
  machine: SimulatedTime;
  log: Log = silentLog;
  limits: Partial<JournalLimits> = {};
  readonly fatal: Error[] = [];
  /** Connects as the energy controller does; undefined while nobody listens. */
  dialEnergy: ((link: LineLink) => void) | undefined;
  private csmsHost: Host | undefined;
  private running: { host: Host; disk: BootedDisk; site: Site } | undefined;

  constructor(seed: number, stations: readonly string[] = ["A", "B"]) {
    this.time = simulatedTime();
    this.chance = seededChance(seed);
    this.network = new SimulatedNetwork(this.time, this.chance);
    this.disk = new SimulatedDisk(this.chance);
    this.machine = this.time.machine();
    this.csms = new FakeCsms(this.time, fakeBundle(SITE, stations));
  }

  get uplink() {
    return this.network.link("site", "csms");
  }
  get site(): Site {
    assert(this.running !== undefined, "the site is not running");
    return this.running.site;
  }
  get isRunning(): boolean {
    return this.running !== undefined;
  }

  async startCsms(): Promise<void> {
    this.csmsHost = this.network.host("csms");
    await this.csmsHost.listen(LINK, this.csms.upgrade);
  }
  killCsms(): void {
    this.csmsHost?.kill();
  }

  /** Boots the site; with `killAtWrite`, it dies at that write of its disk. */
  async startSite(killAtWrite?: number): Promise<void> {
    const host = this.network.host("site");
    const disk = this.disk.boot();
    if (killAtWrite !== undefined) disk.killAtWrite(killAtWrite, () => this.died(host));
    const site = createSite({
      site: SITE,
      software: "0.1.0",
      clock: this.machine,
      chance: this.chance,
      disk,
      log: this.log,
      dialer: () => host.dialer("csms", LINK),
      trust: () => fakeTrust,
      listen: (door) => host.listen(LISTEN, (request) => door.upgrade(request)),
      passwords: {
        hash: fakeHash,
        listen: (profile, _, door) => host.listen(passwordPorts[profile], (request) => door.upgrade(request)),
      },
      listenEnergy: async (accept) => {
        this.dialEnergy = accept;
        return {
          close: async () => {
            this.dialEnergy = undefined;
          },
        };
      },
      fatal: (error) => this.fatal.push(error),
      journalLimits: this.limits,
    });
    // A boot that dies in its own first writes never returns.
    const booted = await Promise.race([site, this.time.until(() => false, 1).then(() => undefined)]);
    if (booted !== undefined && !this.deadHosts.has(host)) this.running = { host, disk, site: booted };
  }

  /** Power cut. */
  killSite(): void {
    assert(this.running !== undefined);
    this.running.disk.kill();
    this.died(this.running.host);
  }

  /** Boots with a CSMS and waits for the link and the bundle. */
  async start(): Promise<this> {
    await this.startCsms();
    await this.startSite();
    assert(await this.time.until(() => this.site.status().transactionIdsLeft > 0, 30_000), "no link");
    return this;
  }

  dialStation(
    id: string,
    { key = keyOf(id), cn = `SN-${id}`, notBeforeMs = 1_000, from = `station-${id}` } = {},
  ): Dialer {
    const facts: StationFacts = { cn, issuer: "CA", serial: "01", spkiSha256: key, notBeforeMs };
    const chain = [new TextEncoder().encode(JSON.stringify(facts))];
    return this.network.host(from).dialer("site", LISTEN, chain);
  }

  /** What a bundle says of a station that may use this profile until then, and the password for it. */
  async dispensation(
    station: string,
    securityProfile: PasswordProfile,
    untilMs: number,
  ): Promise<{ password: string; given: Dispensation }> {
    const { password, passwordHash } = await newPassword(fakeHash, this.chance);
    return { password, given: { station: station as StationId, securityProfile, untilMs, passwordHash } };
  }

  /** Dials the listener of that security profile with HTTP Basic. */
  dialByPassword(id: string, by: PasswordProfile, password: string, from = `station-${id}`): Dialer {
    const authorization = `Basic ${Buffer.from(`${id}:${password}`).toString("base64")}`;
    return this.network.host(from).dialer("site", passwordPorts[by], { authorization });
  }

  private readonly deadHosts = new Set<Host>();
  private died(host: Host): void {
    this.deadHosts.add(host);
    host.kill();
    if (this.running?.host === host) this.running = undefined;
    this.dialEnergy = undefined;
  }
}

/** Certificates and bundles are fakes that say what they are. */
export const fakeTrust: SiteTrust = {
  checkStation: ([leaf], bundle) => {
    if (leaf === undefined) return { kind: "refused", reason: "missing", sentence: "no certificate" };
    const facts = JSON.parse(new TextDecoder().decode(leaf)) as StationFacts;
    if (facts.issuer !== "CA") return { kind: "refused", reason: "unknown-issuer", sentence: "a foreign CA" };
    if (fakeTrust.denied(facts, bundle)) return { kind: "refused", reason: "denied", sentence: "denied" };
    return { kind: "trusted", facts };
  },
  denied: ({ spkiSha256 }, bundle) =>
    bundle.deny.some((entry) => entry.kind === "key" && entry.spkiSha256 === spkiSha256),
  verifyBundle: ({ signature }) =>
    signature.startsWith("valid")
      ? { kind: "valid" }
      : { kind: "refused", sentence: "the text is not what the signer signed" },
};

/** A station that sends its messages one by one, each until it is answered; a new message id for each attempt. */
export class RetryingStation {
  readonly answers: unknown[][] = [];
  private readonly world: World;
  private readonly id: string;
  private readonly version: OcppVersion;
  private readonly timeoutMs: number;
  private wire: Wire | undefined;
  private waiting: ((answer: unknown[] | undefined) => void) | undefined;
  private sent = 0;
  /** CALLs of the CSMS that came down. */
  readonly asked: unknown[][] = [];
  /** Every frame that came. */
  readonly heard: unknown[][] = [];
  /** What a CALL is answered, by action where it differs: undefined is silence, a text the code of a CALLERROR. */
  reply: object | ((action: string, payload: object) => object | string | undefined) = { status: "Accepted" };

  constructor(world: World, id: string, version: OcppVersion = "1.6", timeoutMs = 30_000) {
    this.world = world;
    this.id = id;
    this.version = version;
    this.timeoutMs = timeoutMs;
  }

  /** Sends until answered with a CALLRESULT or CALLERROR; resolves with the frame. */
  async tell(action: string, payload: object): Promise<unknown[]> {
    for (;;) {
      const answer = await this.attempt(action, payload);
      if (answer !== undefined) return answer;
    }
  }

  async connect(): Promise<boolean> {
    if (this.wire !== undefined) return true;
    const protocols = [subprotocols[this.version]];
    const dialled = await this.world.dialStation(this.id).dial(`/ocpp/${this.id}`, protocols);
    if (!dialled.ok) return false;
    const wire = dialled.value;
    this.wire = wire;
    wire.listen({
      message: (text) => this.took(JSON.parse(text)),
      closed: () => {
        if (this.wire === wire) this.wire = undefined;
        this.waiting?.(undefined);
      },
    });
    return true;
  }

  /** Sends any text on the open socket. */
  say(text: string): void {
    this.wire?.send(text);
  }

  private took(frame: unknown[]): void {
    this.heard.push(frame);
    if (frame[0] === 2) {
      this.asked.push(frame);
      this.answerTo(frame);
    } else if (frame[1] === `m${this.sent}`) this.waiting?.(frame);
  }

  private answerTo(frame: unknown[]): void {
    const [, id, action, payload] = frame;
    const { reply } = this;
    const answer = typeof reply === "function" ? reply(String(action), Object(payload)) : reply;
    if (answer === undefined) return;
    this.wire?.send(JSON.stringify(typeof answer === "string" ? [4, id, answer, "", {}] : [3, id, answer]));
  }

  private async attempt(action: string, payload: object): Promise<unknown[] | undefined> {
    if (!(await this.connect())) {
      await new Promise<void>((resolve) => void this.world.time.after(1_000, resolve));
      return undefined;
    }
    return new Promise((resolve) => {
      const cancel = this.world.time.after(this.timeoutMs, () => this.waiting?.(undefined));
      this.waiting = (answer) => {
        cancel();
        this.waiting = undefined;
        if (answer !== undefined) this.answers.push(answer);
        resolve(answer);
      };
      this.wire?.send(JSON.stringify([2, `m${++this.sent}`, action, payload]));
    });
  }
}
