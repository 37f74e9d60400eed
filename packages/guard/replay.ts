/**
 * A capture before a policy: what would have been refused, and why. For operators who want to know what a policy would do before it
 * does it, and for the question of what happened.
 *
 *     address of the master ─▶ client      by `address` in the policy, or as the caller says
 *     address, port, unit   ─▶ device      by `host`, `port` and `deviceUnit`, or as the caller says; or behind a guard: its own unit ids
 *
 * Time is the capture's. What a policy would have refused never reached the device: its answer in the capture teaches nothing. As in the
 * guard, one request at a time is judged for a device, when the one before it is answered or its time (`answerMsMax`) is over.
 */
import { type Instant, plainAddress } from "@wattward/kernel";
import { exceptionName } from "@wattward/modbus";
import { type CapturedExchange, CaptureReading, type OpenCapture } from "@wattward/modbus/capture";
import { exchangeOf } from "./exchange.ts";
import { ModbusGuard } from "./guard.ts";
import { plainHost } from "./host.ts";
import type { ClientName, DeviceName, GuardedDevice, Policy } from "./policy.ts";
import { type Denied, type Settled, settledBy, type Ticket } from "./verdict.ts";
import { CaptureWatch, surveyed } from "./watch/capture.ts";
import type { Observation } from "./watch/observation.ts";

/** Kinds of refusals that are told apart; what is beyond is in the totals alone. */
export const REFUSALS_MAX = 1_000;
/** Masters that are told apart, and devices; what is beyond is counted as `others`. */
const PARTIES_MAX = 1_000;
/** Requests to one device that wait for the one before them; beyond it nobody knows what became of that. */
const WAITING_MAX = 256;

export type ReplayNames = {
  /** Addresses of clients whose proof is not an address. */
  readonly clients?: ReadonlyMap<string, string>;
  /** Addresses of devices whose host in the policy is a name; a gateway's has several. */
  readonly devices?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Addresses of guards in the capture: unit ids there are those of the policy. */
  readonly guards?: ReadonlySet<string>;
};

/** Requests that are refused for one reason. */
export type Refused = {
  readonly denied: Denied;
  /** Its master is no client: the connection would be closed, and no exception answered. */
  readonly closed: boolean;
  count: number;
  /** Of the first of them, from 1. */
  readonly packet: number;
  readonly lastPacket: number;
};

export type Replay = {
  /** What could be seen at all. */
  readonly reading: CaptureReading;
  readonly requests: number;
  readonly passed: number;
  readonly refused: number;
  /** Of them: from masters that are no clients. */
  readonly strangers: number;
  /** Not judged: what a guard in the capture asks its devices itself. */
  readonly guards: number;
  /** Answers that the guard would not have waited for (`answerMsMax`). */
  readonly late: number;
  /** Devices to which one speaks by TLS: not seen. */
  readonly encrypted: readonly string[];
  /** Each address that asked, and which client it is. */
  readonly masters: readonly {
    readonly address: string;
    readonly client?: string;
    readonly requests: number;
  }[];
  /** Each address and unit that was asked, and which device it is. */
  readonly devices: readonly {
    readonly address: string;
    readonly port: number;
    readonly unit: number;
    readonly device?: string;
    readonly requests: number;
  }[];
  /** The most frequent first. */
  readonly refusals: readonly Refused[];
  /** What the watch saw; frames are packet numbers. */
  readonly incidents: readonly Observation[];
};

/** Reads the capture twice: the watch has to know who answers in it. */
export function replayCapture(policy: Policy, capture: OpenCapture, names: ReplayNames = {}): Replay {
  const masters = new Set([...(names.guards ?? []), ...clientAddresses(policy, names).keys()]);
  const watch = new CaptureWatch(surveyed(capture), { masters });
  const replaying = new Replaying(policy, names);
  const reading = new CaptureReading();
  for (const step of capture.steps(reading)) {
    watch.step(step);
    if (step.what === "request") replaying.asked(step.exchange);
    else if (step.what === "answer") replaying.answered(step.exchange);
  }
  const encrypted = policy.devices.filter(({ tls }) => tls).map(({ name }) => name);
  return { reading, ...replaying.close(), encrypted, incidents: watch.close() };
}

type Tally = { readonly address: string; requests: number };
type Asked = {
  readonly exchange: CapturedExchange;
  readonly client: ClientName;
  readonly device: GuardedDevice;
};
/** One request at a time goes to a device, as the guard sends them; the others wait until that has its answer, or its time is over. */
type Line = {
  outstanding?:
    | { readonly exchange: CapturedExchange; readonly ticket: Ticket; readonly untilMs: number }
    | undefined;
  readonly waiting: Asked[];
};

class Replaying {
  private readonly names: ReplayNames;
  private readonly guard: ModbusGuard;
  private readonly clients: ReadonlyMap<string, ClientName>;
  private readonly masters = new Map<string, Tally & { readonly client?: string }>();
  private readonly devices = new Map<
    string,
    Tally & { readonly port: number; readonly unit: number; readonly device?: string }
  >();
  private readonly refusals = new Map<string, { -readonly [K in keyof Refused]: Refused[K] }>();
  private readonly lines = new Map<GuardedDevice, Line>();
  private readonly overdue = new WeakSet<CapturedExchange>();
  /** Never goes back, whatever the capture says. */
  private nowMs = 0;
  private counts = { requests: 0, passed: 0, refused: 0, strangers: 0, guards: 0, late: 0 };

  constructor(policy: Policy, names: ReplayNames) {
    this.names = names;
    this.clients = clientAddresses(policy, names);
    this.guard = new ModbusGuard(policy);
  }

  asked(exchange: CapturedExchange): void {
    this.turn(exchange.atMs);
    if (this.names.guards?.has(exchange.master.address)) {
      this.counts.guards++;
      return;
    }
    this.counts.requests++;
    const client = this.clientOf(exchange);
    const device = this.deviceOf(exchange);
    const { pdu, request } = exchange;
    if (client === undefined) {
      this.counts.strangers++;
      this.refuse(exchange, stranger(exchange), true);
    } else if (!request.ok)
      this.refuse(exchange, this.guard.unreadable(client, device?.unit ?? NOBODYS, pdu, request.fault));
    else if (device === undefined) this.refuse(exchange, elsewhere(exchange, client));
    else this.inLine({ exchange, client, device });
  }

  answered(exchange: CapturedExchange): void {
    this.turn(exchange.answer?.atMs ?? 0);
    if (this.overdue.has(exchange)) this.counts.late++;
    for (const line of this.lines.values())
      if (line.outstanding?.exchange === exchange) this.settle(line, settledAs(exchange));
  }

  /** Nobody knows what became of the requests that have no answer. */
  close(): Omit<Replay, "reading" | "encrypted" | "incidents"> {
    for (const line of this.lines.values())
      while (line.outstanding !== undefined) this.settle(line, { kind: "failed", sent: true });
    return {
      ...this.counts,
      masters: [...this.masters.values()],
      devices: [...this.devices.values()],
      refusals: [...this.refusals.values()].sort((a, b) => b.count - a.count),
    };
  }

  private turn(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    for (const line of this.lines.values()) {
      while (line.outstanding !== undefined && line.outstanding.untilMs < atMs) {
        this.overdue.add(line.outstanding.exchange);
        this.settle(line, { kind: "failed", sent: true });
      }
    }
  }

  private inLine(asked: Asked): void {
    const line: Line = this.lines.get(asked.device) ?? { waiting: [] };
    this.lines.set(asked.device, line);
    line.waiting.push(asked);
    if (line.outstanding !== undefined && line.waiting.length > WAITING_MAX)
      this.settle(line, { kind: "failed", sent: true });
    else this.next(line);
  }

  private next(line: Line): void {
    while (line.outstanding === undefined) {
      const asked = line.waiting.shift();
      if (asked === undefined) return;
      this.judge(asked, line);
    }
  }

  private judge({ exchange, client, device }: Asked, line: Line): void {
    const { request } = exchange;
    if (!request.ok) return;
    const verdict = this.guard.request(client, device.unit, request.value, instantOf(this.nowMs));
    if (verdict.kind === "deny") {
      this.refuse(exchange, verdict);
      return;
    }
    this.counts.passed++;
    const { ticket } = verdict;
    // Answered while it waited here: in the capture nobody waited.
    if (exchange.answer !== undefined) ticket.settle(settledAs(exchange), this.nowMs);
    else line.outstanding = { exchange, ticket, untilMs: this.nowMs + device.answerMsMax };
  }

  private settle(line: Line, settled: Settled): void {
    line.outstanding?.ticket.settle(settled, this.nowMs);
    line.outstanding = undefined;
    this.next(line);
  }

  private refuse({ packet, device }: CapturedExchange, denied: Denied, closed = false): void {
    this.counts.refused++;
    const { exchange, exception, why, rule } = denied;
    const key = `${exchange.client} ${exchange.device ?? device.address} ${exchange.unit} ${exchange.functionCode} ${exception} ${rule ?? ""} ${why.replaceAll(/-?\d+(\.\d+)?/g, "#")}`;
    const known = this.refusals.get(key);
    if (known !== undefined) {
      known.count++;
      known.lastPacket = packet;
    } else if (this.refusals.size < REFUSALS_MAX)
      this.refusals.set(key, { denied, closed, count: 1, packet, lastPacket: packet });
  }

  private clientOf({ master: { address } }: CapturedExchange): ClientName | undefined {
    const client = this.clients.get(address);
    const key = this.masters.size < PARTIES_MAX || this.masters.has(address) ? address : OTHERS;
    const tally = this.masters.get(key) ?? {
      ...{ address: key, requests: 0 },
      ...(client !== undefined && key !== OTHERS && { client }),
    };
    tally.requests++;
    this.masters.set(key, tally);
    return client;
  }

  private deviceOf({ device: { address, port }, unit }: CapturedExchange): GuardedDevice | undefined {
    const { guards, devices } = this.names;
    const guarded = guards?.has(address) ?? false;
    const found = this.guard.policy.devices.find((one) =>
      guarded
        ? one.unit === unit
        : one.deviceUnit === unit &&
          one.port === port &&
          (devices?.get(address)?.has(one.name) || plainHost(one.host) === address),
    );
    this.tallyDevice({ address, port, unit }, found?.name);
    return found;
  }

  private tallyDevice(
    at: { readonly address: string; readonly port: number; readonly unit: number },
    device: DeviceName | undefined,
  ): void {
    const here = `${at.address} ${at.port} ${at.unit}`;
    const isOther = this.devices.size >= PARTIES_MAX && !this.devices.has(here);
    const key = isOther ? OTHERS : here;
    const tally = this.devices.get(key) ?? {
      ...(isOther ? { address: OTHERS, port: 0, unit: 0 } : at),
      ...{ requests: 0 },
      ...(device !== undefined && !isOther && { device }),
    };
    tally.requests++;
    this.devices.set(key, tally);
  }
}

/** What the capture says of a request that has its answer. */
function settledAs({ answer }: CapturedExchange): Settled {
  const reply = answer?.reply;
  return reply?.ok ? settledBy(reply.value) : { kind: "failed", sent: true };
}

/** Each address that is a client: as the caller says, else as the policy does. */
const clientAddresses = ({ clients }: Policy, names: ReplayNames): ReadonlyMap<string, ClientName> =>
  new Map([
    ...clients.flatMap(({ name, by }) =>
      by.kind === "address" ? [[plainAddress(by.address), name] as const] : [],
    ),
    ...[...(names.clients ?? [])].map(([address, name]) => [address, name as ClientName] as const),
  ]);

const instantOf = (atMs: number): Instant => ({ monotonicMs: atMs, wallMs: atMs, quality: "synced" });

/** A guard's units are 1 to 247. */
const NOBODYS = 0;
const OTHERS = "others";

const elsewhere = (exchange: CapturedExchange, client: string): Denied => ({
  ...{ kind: "deny", exception: 2, about: "address" },
  why: `no device of the policy is unit ${exchange.unit} at ${exchange.device.address}, port ${exchange.device.port}`,
  exchange: exchangeOf(exchange, client),
});

const stranger = (exchange: CapturedExchange): Denied => ({
  ...{ kind: "deny", exception: 1, about: "function" },
  why: "its master is no client of the policy",
  exchange: exchangeOf(exchange, exchange.master.address),
});

/** `12 × exception 03 (illegal-data-value)`, or `12 × connection closed`: how a refusal is headed. */
export const refusalHead = ({ closed, count, denied }: Refused): string =>
  closed
    ? `${count} × connection closed`
    : `${count} × exception ${String(denied.exception).padStart(2, "0")} (${exceptionName(denied.exception)})`;
