/**
 * The Modbus guard, whole, on ports: unchanged on a real machine and in simulated time and network (ADR 17).
 *
 *     master ─▶ identify ─▶ Master (frames) ─▶ DeviceLink (its turn, verdict, one outstanding) ─▶ device
 *                   └ unknown: closed               └ denied: exception, observation
 *
 * Always true: without a policy nothing listens; a policy comes from the signed bundle alone; whom it does not name is closed
 * before a byte is read; where it changes, connections of those whom it no longer names end, and what was sent to a device is
 * waited for. There is no way around a verdict: a master's bytes reach a device through `DeviceLink.begin` alone.
 */
import {
  type Client,
  type DenialCode,
  type Denied,
  decodedRequest,
  type GuardedDevice,
  type Inherited,
  type ModbusGuard,
  writeSpan,
} from "@wattward/guard";
import { type Cancel, every } from "@wattward/kernel";
import { type ByteLink, type Dial, exceptions, writeRequest } from "@wattward/modbus";
import type { ShelfPorts } from "../state/bundle-shelf.ts";
import { watchBundle } from "../state/bundle-watch.ts";
import { Clients } from "./clients.ts";
import { type Busy, DeviceLink } from "./device.ts";
import { identify, type Way } from "./identify.ts";
import { CLIENT_LINKS_MAX, SWEEP_EVERY_MS, WAITED_MS_MAX } from "./limits.ts";
import { Lookout } from "./lookout.ts";
import { type Asked, isOver, Master } from "./master.ts";
import { type Left, Memory, NOTHING_LEFT } from "./memory.ts";
import type { Observe } from "./observations.ts";
import { policyInForce } from "./policy-in-force.ts";
import { Proposal } from "./proposal.ts";
import { WaysIn, type WaysInPorts } from "./ways-in.ts";

export type GuardPorts = ShelfPorts &
  WaysInPorts & {
    dial(device: GuardedDevice): Dial;
    /** For the CSMS. */
    observe: Observe;
    /** Whom a policy's `same` means: the user whom the energy controller runs as. */
    readonly sameUid: number | undefined;
  };

export type GuardStatus = {
  /** Of the bundle whose policy is in force; undefined: nothing passes. */
  readonly bundleVersion: number | undefined;
  readonly open: readonly Way[];
  readonly masters: number;
  readonly devices: readonly {
    readonly name: string;
    readonly answering: "unknown" | "yes" | "no";
  }[];
  /** Since the start. */
  readonly passed: number;
  readonly denied: number;
  readonly notTold: number;
};

export type Guard = {
  status(): GuardStatus;
  /** Closes every way in, ends every connection. */
  close(): Promise<void>;
};

/** Resolves when the policy that lies there is in force, its ways in open or tried once. */
export async function createGuard(ports: GuardPorts): Promise<Guard> {
  const guard = new Running(ports);
  await guard.start();
  return guard;
}

/** What is to be on the disk, and is not yet. */
const KEPT_EVERY_MS = 10_000;

class Running implements Guard {
  private readonly ports: GuardPorts;
  private readonly lookout: Lookout;
  private readonly waysIn: WaysIn;
  private readonly clients: Clients;
  private readonly devices = new Map<number, DeviceLink>();
  /** Of an earlier policy, waiting for their last answer. */
  private readonly retired = new Set<DeviceLink>();
  private readonly stops: Cancel[] = [];
  private verdicts: ModbusGuard | undefined;
  private memory: Memory | undefined;
  /** Of the guard, or the policy, before the one in force. */
  private inherited: Inherited | undefined;
  private bundleVersion: number | undefined;
  private connections = 0;
  private proposal: Proposal | undefined;
  private passed = 0;
  private denied = 0;

  constructor(ports: GuardPorts) {
    this.ports = ports;
    this.clients = new Clients(ports.clock);
    this.lookout = new Lookout(ports, ports.observe);
    this.waysIn = new WaysIn(ports, {
      accept: (way, link) => this.accept(way, link),
      refused: (way, address, why) => this.lookout.stranger(way, address, refusals[why]),
      failed: (way, why) => this.lookout.tell("modbus.closed", way, () => `${way}: ${why}`),
    });
  }

  async start(): Promise<void> {
    const { ports } = this;
    const { disk, log } = ports;
    const tell = (say: string) => this.lookout.tell("modbus.memory", "memory", () => say);
    this.memory = await Memory.open({ disk, log, tell }, this.nowMs());
    this.inherited = this.memory.inherited;
    this.proposal = await Proposal.open(disk, log);
    const stop = await watchBundle({
      ...ports,
      taken: ({ version, guard }) => this.adopt(version, guard),
      refused: (why) => this.lookout.tell("modbus.policy", "bundle", () => `bundle refused: ${why}`),
    });
    const sweep = every(ports.clock, SWEEP_EVERY_MS, () => {
      this.clients.sweep();
      for (const device of this.devices.values()) device.sweep(ports.clock.now());
      this.lookout.turn();
    });
    this.stops.push(
      stop,
      sweep,
      every(ports.clock, KEPT_EVERY_MS, () => {
        void this.proposal?.write(this.verdicts);
        this.memory?.again(this.left, this.nowMs());
      }),
    );
    await this.waysIn.tried();
  }

  status(): GuardStatus {
    const { bundleVersion, passed, denied } = this;
    return {
      ...{ bundleVersion, passed, denied },
      open: this.waysIn.open,
      masters: this.clients.masters.size,
      devices: [...this.devices.values()].map(({ device, answering }) => ({ name: device.name, answering })),
      notTold: this.lookout.leftOut,
    };
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    await this.waysIn.close();
    this.clients.endAll();
    for (const device of [...this.devices.values(), ...this.retired]) device.close();
    this.lookout.close();
    await this.proposal?.write(this.verdicts);
    await this.memory?.close(this.left);
  }

  /** What a successor has to know. */
  private get left(): Left {
    const { inherited = NOTHING_LEFT, verdicts } = this;
    return verdicts === undefined ? inherited : { past: verdicts.past(this.nowMs()), unknown: "nothing" };
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }

  private adopt(version: number, text: string | undefined): void {
    const { log } = this.ports;
    const tell = (say: string) => this.lookout.tell("modbus.policy", "policy", () => say);
    if (text === undefined) {
      if (this.verdicts !== undefined) tell(`bundle ${version} has no policy: nothing passes`);
      log.info("no-policy", { version, say: "nothing passes the guard" });
      this.enforce(undefined, version);
      return;
    }
    const read = policyInForce(text, this.verdicts, this.inherited);
    if (read.ok) {
      this.proposal?.resume(read.value);
      log.info("policy-in-force", { version, devices: read.value.policy.devices.length });
      this.enforce(read.value, version);
      return;
    }
    const rest =
      this.verdicts === undefined ? "nothing passes" : `that of bundle ${this.bundleVersion} stays`;
    tell(`the policy of bundle ${version} is refused, ${rest}: ${read.fault}`);
  }

  private enforce(verdicts: ModbusGuard | undefined, version: number): void {
    if (verdicts === undefined && this.verdicts !== undefined)
      this.inherited = { ...this.left, atMs: this.nowMs() };
    this.verdicts = verdicts;
    this.bundleVersion = verdicts === undefined ? undefined : version;
    this.lookout.enforce(verdicts?.policy);
    const { clients = [], devices = [] } = verdicts?.policy ?? {};
    for (const [master, way] of [...this.clients.masters]) {
      const client = identify(clients, way, master.link.peer, this.ports.sameUid);
      if (client === undefined || client.name !== master.client.name) master.end();
      else master.client = client;
    }
    for (const asked of this.replaceDevices(devices)) this.pass(asked, writeRequest(asked.request));
    this.waysIn.want(new Set(clients.map(({ by }) => by.kind)));
  }

  /** Those at the same place keep their connection; the others are retired. Gives back what waited for them. */
  private replaceDevices(devices: readonly GuardedDevice[]): Asked[] {
    const before = new Map(this.devices);
    const waiting: Asked[] = [];
    this.devices.clear();
    for (const device of devices) {
      const known = before.get(device.unit);
      if (known?.leadsTo(device)) {
        known.device = device;
        before.delete(device.unit);
        this.devices.set(device.unit, known);
      } else this.devices.set(device.unit, this.linkTo(device));
    }
    for (const old of before.values()) {
      this.retired.add(old);
      waiting.push(...old.retire());
    }
    return waiting;
  }

  private linkTo(device: GuardedDevice): DeviceLink {
    const { clock, chance } = this.ports;
    return new DeviceLink(device, {
      ...{ clock, chance, dial: (to) => this.ports.dial(to) },
      judge: (asked, now) => {
        const verdict = this.verdicts?.request(asked.client, asked.unit, asked.request, now);
        if (verdict?.kind === "allow") this.passed++;
        return verdict ?? nothingPasses(asked);
      },
      denied: (asked, verdict) => this.deny(asked, verdict),
      busy: (asked, { device: { name } }, why) => this.deny(asked, this.noRoom(asked, busy[why](name), why)),
      settled: (asked, settled, nowMs) => {
        this.lookout.settled(asked, settled, nowMs);
        if (writeSpan(asked.request) !== undefined) this.memory?.note(this.left, nowMs);
      },
      changed: (link, state, why) => this.lookout.device(link, state, why),
      disbelieved: (link, what, why) => this.lookout.disbelieved(link, what, why),
      over: (link) => void this.retired.delete(link),
    });
  }

  private accept(way: Way, link: ByteLink): void {
    const { address, uid, role } = link.peer;
    const clients = this.verdicts?.policy.clients ?? [];
    const over = isOver(link.peer, this.ports.clock.now().wallMs);
    const client = over ? undefined : identify(clients, way, link.peer, this.ports.sameUid);
    const linksMax = CLIENT_LINKS_MAX + (way === "socket" ? this.devices.size : 0);
    if (client !== undefined && this.clients.hasRoom(client.name, linksMax)) {
      this.welcome(way, link, client);
      return;
    }
    link.listen({ bytes: () => {}, closed: () => {} });
    link.destroy();
    if (client !== undefined) {
      this.lookout.tooManyLinks(client.name, linksMax);
      return;
    }
    const who = way === "socket" ? `user ${uid ?? "unknown"}` : address;
    this.lookout.stranger(
      way,
      who,
      over
        ? "its certificate is over"
        : `no client of the policy${role === undefined ? "" : ` has role ${role} and its key`}`,
    );
  }

  private welcome(way: Way, link: ByteLink, client: Client): void {
    const master = new Master(link, client, {
      connection: this.connections++,
      nowMs: () => this.ports.clock.now().monotonicMs,
      asked: (asked, pdu) => {
        this.lookout.asked(asked, pdu);
        this.pass(asked, pdu);
      },
      malformed: (from, { unit, pdu }, fault) => {
        const verdict = this.verdicts?.unreadable(from.client.name, unit, pdu, fault);
        this.denied++;
        if (verdict !== undefined) this.lookout.unreadable(verdict, pdu);
        this.clients.refused(from);
      },
      ended: (from, why) => this.lookout.ended(from, why),
      closed: (from) => this.clients.remove(from),
    });
    if (master.isOpen) this.clients.add(master, way);
  }

  private pass(asked: Asked, pdu: Uint8Array): void {
    const device = this.devices.get(asked.unit);
    if (device !== undefined) {
      device.ask(asked, pdu);
      return;
    }
    const verdict = this.verdicts?.request(asked.client, asked.unit, asked.request, this.ports.clock.now());
    // A policy that allows what leads nowhere would be our own fault; nothing passes by it.
    this.deny(asked, verdict?.kind === "deny" ? verdict : nothingPasses(asked));
  }

  private noRoom(asked: Asked, say: string, why: Busy): Denied {
    const { client, unit, request } = asked;
    const about = why === "waited" ? "turn" : "rate";
    return (
      this.verdicts?.busy({ client, unit }, request, { about, why: say }, this.nowMs()) ??
      nothingPasses(asked)
    );
  }

  private deny(asked: Asked, verdict: Denied): void {
    this.denied++;
    this.lookout.denied(verdict);
    this.clients.refused(asked.master);
    asked.master.except(asked, verdict.exception);
  }
}

const refusals = {
  full: "there are too many connections",
  silent: "it did not say in time who it is",
  untrusted: "its certificate is not trusted",
  role: "its certificate's role is malformed",
} as const;

const refusal = ({ client, unit, request }: Asked, exception: DenialCode, why: string): Denied => ({
  kind: "deny",
  about: exception === 6 ? "rate" : "function",
  exception,
  why,
  exchange: decodedRequest({ client, unit }, request, []),
});

const busy: { readonly [W in Busy]: (device: string) => string } = {
  full: (device) => `too many of its requests wait for ${device}`,
  silences: (device) => `too many of its requests were not answered by ${device}: others come first`,
  waited: (device) => `its turn at ${device} did not come within ${WAITED_MS_MAX} ms`,
};
/** Between a policy that was taken away and the end of the connections that it had let in. */
const nothingPasses = (asked: Asked): Denied =>
  refusal(asked, exceptions.illegalFunction, "there is no policy");
