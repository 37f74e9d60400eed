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
import type { Client, Denied, GuardedDevice, ModbusGuard } from "@wattward/guard";
import { exchangeText } from "@wattward/guard";
import { type Cancel, type Chance, type Clock, every, type Log } from "@wattward/kernel";
import { type ByteLink, type Dial, writeRequest } from "@wattward/modbus";
import type { ShelfPorts } from "../state/bundle-shelf.ts";
import { watchBundle } from "../state/bundle-watch.ts";
import { DeviceLink } from "./device.ts";
import { identify, type Way } from "./identify.ts";
import { CLIENT_LINKS_MAX, DENIAL_WINDOW_MS, DENIALS_PER_WINDOW, SWEEP_EVERY_MS } from "./limits.ts";
import { type Asked, Master } from "./master.ts";
import { Observations, type Observe } from "./observations.ts";
import { policyInForce } from "./policy-in-force.ts";
import { WaysIn } from "./ways-in.ts";

export type GuardPorts = ShelfPorts & {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Opens a way in; each connection is handed to `accept` once it proved what that way proves. Rejects where it cannot be had. */
  listen(way: Way, accept: (link: ByteLink) => void, refused: Refused): Promise<Listener>;
  dial(device: GuardedDevice): Dial;
  /** For the CSMS. */
  observe: Observe;
  /** Whom a policy's `same` means: the user whom the energy controller runs as. */
  readonly sameUid: number | undefined;
};
export type Listener = { close(): Promise<void> };
/** A connection that never became a link, and why. */
export type Refused = (address: string, why: "full" | "untrusted" | "role") => void;

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

type ClientState = { windowFromMs: number; denials: number; readonly masters: Set<Master> };

class Running implements Guard {
  private readonly ports: GuardPorts;
  private readonly observations: Observations;
  private readonly waysIn: WaysIn;
  private readonly clients = new Map<string, ClientState>();
  private readonly masters = new Map<Master, Way>();
  private readonly devices = new Map<number, DeviceLink>();
  /** Of an earlier policy, waiting for their last answer. */
  private readonly retired = new Set<DeviceLink>();
  private readonly stops: Cancel[] = [];
  private verdicts: ModbusGuard | undefined;
  private bundleVersion: number | undefined;
  private passed = 0;
  private denied = 0;

  constructor(ports: GuardPorts) {
    this.ports = ports;
    this.observations = new Observations(ports, ports.observe);
    this.waysIn = new WaysIn(ports, {
      accept: (way, link) => this.accept(way, link),
      refused: (way, address, why) => {
        const say = why === "full" ? "there are too many connections" : refusals[why];
        this.observations.tell("modbus.unknown-master", address, () => `${address} (${way}): ${say}`);
      },
      failed: (way, why) => this.observations.tell("modbus.closed", way, () => `${way}: ${why}`),
    });
  }

  async start(): Promise<void> {
    const { ports } = this;
    const stop = await watchBundle({
      ...ports,
      taken: ({ version, guard }) => this.adopt(version, guard),
      refused: (sentence) =>
        this.observations.tell("modbus.policy", "bundle", () => `bundle refused: ${sentence}`),
    });
    this.stops.push(
      stop,
      every(ports.clock, SWEEP_EVERY_MS, () => this.sweep()),
    );
    await this.waysIn.tried();
  }

  status(): GuardStatus {
    const { bundleVersion, passed, denied } = this;
    return {
      ...{ bundleVersion, passed, denied },
      open: this.waysIn.open,
      masters: this.masters.size,
      devices: [...this.devices.values()].map(({ device, answering }) => ({ name: device.name, answering })),
      notTold: this.observations.leftOut,
    };
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    await this.waysIn.close();
    for (const master of [...this.masters.keys()]) master.end();
    for (const device of [...this.devices.values(), ...this.retired]) device.close();
  }

  private adopt(version: number, text: string | undefined): void {
    const { log } = this.ports;
    if (text === undefined) {
      if (this.verdicts !== undefined)
        this.observations.tell(
          "modbus.policy",
          "policy",
          () => `bundle ${version} has no policy: nothing passes`,
        );
      log.info("no-policy", { version, say: "nothing passes the guard" });
      this.enforce(undefined, version);
      return;
    }
    const read = policyInForce(text, this.verdicts);
    if (read.ok) {
      log.info("policy-in-force", { version, devices: read.value.policy.devices.length });
      this.enforce(read.value, version);
      return;
    }
    const rest =
      this.verdicts === undefined ? "nothing passes" : `that of bundle ${this.bundleVersion} stays`;
    this.observations.tell(
      "modbus.policy",
      "policy",
      () => `the policy of bundle ${version} is refused, ${rest}: ${read.fault}`,
    );
  }

  private enforce(verdicts: ModbusGuard | undefined, version: number): void {
    this.verdicts = verdicts;
    this.bundleVersion = verdicts === undefined ? undefined : version;
    const { clients = [], devices = [] } = verdicts?.policy ?? {};
    for (const [master, way] of [...this.masters]) {
      const client = identify(clients, way, master.link.peer, this.ports.sameUid);
      if (client === undefined || client.name !== master.client.name) master.end();
      else master.client = client;
    }
    for (const asked of this.replaceDevices(devices)) this.asked(asked, writeRequest(asked.request));
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
        const { unit, request, master } = asked;
        const verdict = this.verdicts?.request(master.client.name, unit, request, now);
        if (verdict?.kind === "allow") this.passed++;
        return verdict ?? nothingPasses(asked);
      },
      denied: (asked, verdict) => this.deny(asked, verdict),
      changed: ({ device: { name, host, port } }, state, why) =>
        this.observations.tell(`modbus.device-${state}`, name, () => `${name} at ${host}:${port}: ${why}`),
      disbelieved: ({ device: { name } }, why) =>
        this.observations.tell("modbus.device-answer", name, () => `${name}: ${why}; connection reset`),
      over: (link) => void this.retired.delete(link),
    });
  }

  private accept(way: Way, link: ByteLink): void {
    const { peer } = link;
    const clients = this.verdicts?.policy.clients ?? [];
    const client = identify(clients, way, peer, this.ports.sameUid);
    if (client === undefined) {
      link.listen({ bytes: () => {}, closed: () => {} });
      link.destroy();
      const who = way === "socket" ? `user ${peer.uid ?? "unknown"}` : peer.address;
      const role = peer.role === undefined ? "" : `, role ${peer.role}`;
      this.observations.tell(
        "modbus.unknown-master",
        who,
        () => `${who} (${way}${role}): no client of the policy`,
      );
      return;
    }
    this.welcome(way, link, client);
  }

  private welcome(way: Way, link: ByteLink, client: Client): void {
    const state = this.stateOf(client.name);
    if (state.masters.size >= CLIENT_LINKS_MAX) {
      link.listen({ bytes: () => {}, closed: () => {} });
      link.destroy();
      this.observations.tell(
        "modbus.master-ended",
        client.name,
        () => `${client.name}: more than ${CLIENT_LINKS_MAX} connections`,
      );
      return;
    }
    const master = new Master(link, client, {
      nowMs: () => this.ports.clock.now().monotonicMs,
      asked: (asked, pdu) => this.asked(asked, pdu),
      malformed: (from, { unit, pdu }, fault) => {
        const verdict = this.verdicts?.unreadable(from.client.name, unit, pdu, fault);
        if (verdict !== undefined) this.countDenial(from, verdict);
      },
      ended: (from, why) =>
        this.observations.tell(
          "modbus.master-ended",
          from.client.name,
          () => `${from.client.name} at ${from.link.peer.address}: ${endings[why]}`,
        ),
      closed: (from) => {
        this.masters.delete(from);
        state.masters.delete(from);
      },
    });
    if (!master.isOpen) return;
    this.masters.set(master, way);
    state.masters.add(master);
  }

  private asked(asked: Asked, pdu: Uint8Array): void {
    const device = this.devices.get(asked.unit);
    if (device !== undefined) {
      device.ask(asked, pdu);
      return;
    }
    const { client } = asked.master;
    const now = this.ports.clock.now();
    const verdict =
      this.verdicts?.request(client.name, asked.unit, asked.request, now) ?? nothingPasses(asked);
    // A policy that allows what leads nowhere would be our own fault; nothing passes by it.
    this.deny(asked, verdict.kind === "deny" ? verdict : nothingPasses(asked));
  }

  private deny(asked: Asked, verdict: Denied): void {
    this.countDenial(asked.master, verdict);
    asked.master.except(asked, verdict.exception);
  }

  /** A client that is refused all the time is read more slowly: its refusals cost time that others wait for. */
  private countDenial(master: Master, verdict: Denied): void {
    const { name } = master.client;
    this.denied++;
    this.observations.tell("modbus.denied", name, () => deniedText(verdict));
    const state = this.stateOf(name);
    const nowMs = this.ports.clock.now().monotonicMs;
    if (nowMs - state.windowFromMs >= DENIAL_WINDOW_MS) {
      state.windowFromMs = nowMs;
      state.denials = 0;
    }
    if (++state.denials !== DENIALS_PER_WINDOW) return;
    for (const one of state.masters) one.hold();
    this.ports.clock.after(DENIAL_WINDOW_MS, () => {
      state.denials = 0;
      for (const one of state.masters) one.release();
    });
  }

  private stateOf(client: string): ClientState {
    const known = this.clients.get(client);
    if (known !== undefined) return known;
    const made: ClientState = { windowFromMs: 0, denials: 0, masters: new Set() };
    this.clients.set(client, made);
    return made;
  }

  private sweep(): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    for (const master of [...this.masters.keys()]) master.sweep(nowMs);
  }
}

const refusals = { untrusted: "its certificate is not trusted", role: "its certificate's role is malformed" };
const endings = {
  "protocol-id": "what it sends is no Modbus",
  length: "what it sends is no Modbus: a length that there is not",
  backlog: "it sends without end",
  unfinished: "it began a request and did not finish it",
  "not-reading": "it does not take its answers",
} as const;

const deniedText = ({ exchange, exception, why, rule }: Denied): string =>
  `${exchangeText(exchange)}: exception ${String(exception).padStart(2, "0")}, ${why}${rule === undefined ? "" : ` (${rule})`}`;

/** Between a policy that was taken away and the end of the connections that it had let in. */
const nothingPasses = ({ master, unit, code }: Asked): Denied => ({
  ...{ kind: "deny", exception: 1, why: "there is no policy" },
  exchange: { client: master.client.name, unit, functionCode: code, values: [], pdu: "" },
});
