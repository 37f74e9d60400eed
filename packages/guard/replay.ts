/**
 * A capture before a policy: what would have been refused, and why. For operators who want to know what a policy would do before it
 * does it, and for the question of what happened.
 *
 *     address of the master ─▶ client      by `address` in the policy, or as the caller says
 *     address and unit      ─▶ device      by `host` and `deviceUnit`, or as the caller says; or behind a guard: its own unit ids
 *
 * Time is the capture's. What a policy would have refused never reached the device: its answer in the capture teaches nothing.
 */
import { type Instant, plainAddress } from "@wattward/kernel";
import { exceptionName } from "@wattward/modbus";
import type { CapturedEvent, CapturedExchange } from "@wattward/modbus/capture";
import { exchangeOf } from "./exchange.ts";
import { ModbusGuard } from "./guard.ts";
import type { ClientName, DeviceName, Policy } from "./policy.ts";
import { type Denied, type Settled, settledBy, type Ticket } from "./verdict.ts";
import { watchCapture } from "./watch/capture.ts";
import type { Observation } from "./watch/observation.ts";

/** Kinds of refusals that are told apart; what is beyond is counted with the last. */
export const REFUSALS_MAX = 1_000;

export type ReplayNames = {
  /** Addresses of clients whose proof is not an address. */
  readonly clients?: ReadonlyMap<string, string>;
  /** Addresses of devices whose host in the policy is a name. */
  readonly devices?: ReadonlyMap<string, string>;
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
  readonly requests: number;
  readonly passed: number;
  readonly refused: number;
  /** Of them: from masters that are no clients. */
  readonly strangers: number;
  /** Each address that asked, and which client it is. */
  readonly masters: readonly {
    readonly address: string;
    readonly client?: string;
    readonly requests: number;
  }[];
  /** Each address and unit that was asked, and which device it is. */
  readonly devices: readonly {
    readonly address: string;
    readonly unit: number;
    readonly device?: string;
    readonly requests: number;
  }[];
  /** The most frequent first. */
  readonly refusals: readonly Refused[];
  /** What the watch saw; frames are packet numbers. */
  readonly incidents: readonly Observation[];
};

export function replayCapture(
  policy: Policy,
  events: readonly CapturedEvent[],
  names: ReplayNames = {},
): Replay {
  return new Replaying(policy, events, names).run();
}

type Tally = { readonly address: string; requests: number };

class Replaying {
  private readonly policy: Policy;
  private readonly events: readonly CapturedEvent[];
  private readonly names: ReplayNames;
  private readonly guard: ModbusGuard;
  private readonly masters = new Map<string, Tally & { readonly client?: string }>();
  private readonly devices = new Map<string, Tally & { readonly unit: number; readonly device?: string }>();
  private readonly refusals = new Map<string, { -readonly [K in keyof Refused]: Refused[K] }>();
  private readonly tickets = new Map<CapturedExchange, Ticket>();
  private passed = 0;
  private refused = 0;
  private strangers = 0;

  constructor(policy: Policy, events: readonly CapturedEvent[], names: ReplayNames) {
    this.policy = policy;
    this.events = events;
    this.names = names;
    this.guard = new ModbusGuard(policy);
  }

  run(): Replay {
    const exchanges = this.events.filter((event) => event.kind === "exchange");
    for (const { exchange, what } of inOrder(exchanges)) {
      if (what === "request") this.asked(exchange);
      else this.answered(exchange);
    }
    const clients = new Set(
      [...this.masters.values()].flatMap(({ address, client }) => (client === undefined ? [] : [address])),
    );
    return {
      requests: exchanges.length,
      ...{ passed: this.passed, refused: this.refused, strangers: this.strangers },
      masters: [...this.masters.values()],
      devices: [...this.devices.values()],
      refusals: [...this.refusals.values()].sort((a, b) => b.count - a.count),
      incidents: watchCapture(this.events, { masters: clients }),
    };
  }

  private asked(exchange: CapturedExchange): void {
    const { pdu, request } = exchange;
    const client = this.clientOf(exchange);
    const unit = this.unitOf(exchange);
    if (client === undefined) {
      this.strangers++;
      this.refuse(exchange, stranger(exchange), true);
      return;
    }
    if (!request.ok) {
      this.refuse(exchange, this.guard.unreadable(client, unit, pdu, request.fault));
      return;
    }
    const verdict =
      unit === NOBODYS
        ? elsewhere(exchange, client)
        : this.guard.request(client, unit, request.value, instantOf(exchange.atMs));
    if (verdict.kind === "deny") {
      this.refuse(exchange, verdict);
      return;
    }
    this.passed++;
    this.tickets.set(exchange, verdict.ticket);
    // Nobody knows what became of it.
    if (exchange.answer === undefined) this.settle(exchange, { kind: "failed", sent: true }, exchange.atMs);
  }

  private answered(exchange: CapturedExchange): void {
    const { answer } = exchange;
    if (answer === undefined) return;
    const { reply } = answer;
    if (reply === undefined || !reply.ok) this.settle(exchange, { kind: "failed", sent: true }, answer.atMs);
    else this.settle(exchange, settledBy(reply.value), answer.atMs);
  }

  private settle(exchange: CapturedExchange, settled: Settled, atMs: number): void {
    this.tickets.get(exchange)?.settle(settled, atMs);
    this.tickets.delete(exchange);
  }

  private refuse({ packet, device }: CapturedExchange, denied: Denied, closed = false): void {
    this.refused++;
    const { exchange, exception, why, rule } = denied;
    const key = `${exchange.client} ${exchange.device ?? device.address} ${exchange.unit} ${exchange.functionCode} ${exception} ${rule ?? ""} ${why.replaceAll(/-?\d+(\.\d+)?/g, "#")}`;
    const known = this.refusals.get(key);
    if (known !== undefined) {
      known.count++;
      known.lastPacket = packet;
    } else if (this.refusals.size < REFUSALS_MAX)
      this.refusals.set(key, { denied, closed, count: 1, packet, lastPacket: packet });
  }

  private clientOf({ master }: CapturedExchange): ClientName | undefined {
    const address = plainAddress(master.address);
    let tally = this.masters.get(address);
    if (tally === undefined) {
      const client = this.namedClient(address);
      tally = { address, requests: 0, ...(client !== undefined && { client }) };
      this.masters.set(address, tally);
    }
    tally.requests++;
    return tally.client as ClientName | undefined;
  }

  private namedClient(address: string): string | undefined {
    const said = this.names.clients?.get(address);
    if (said !== undefined) return said;
    return this.policy.clients.find(({ by }) => by.kind === "address" && plainAddress(by.address) === address)
      ?.name;
  }

  private unitOf({ device, unit }: CapturedExchange): number {
    const address = plainAddress(device.address);
    const key = `${address} ${unit}`;
    const guarded = this.names.guards?.has(address) ?? false;
    const found = this.policy.devices.find((one) =>
      guarded
        ? one.unit === unit
        : one.deviceUnit === unit &&
          (this.names.devices?.get(address) === one.name || plainAddress(one.host) === address),
    );
    const tally = this.devices.get(key) ?? {
      ...{ address, unit, requests: 0 },
      ...(found && { device: found.name as DeviceName }),
    };
    tally.requests++;
    this.devices.set(key, tally);
    return found?.unit ?? NOBODYS;
  }
}

/** As they happened: a master may ask again before it is answered. */
function inOrder(exchanges: readonly CapturedExchange[]) {
  const steps = exchanges.flatMap((exchange) => [
    { exchange, what: "request" as const, packet: exchange.packet },
    ...(exchange.answer === undefined
      ? []
      : [{ exchange, what: "answer" as const, packet: exchange.answer.packet }]),
  ]);
  return steps.sort((a, b) => a.packet - b.packet);
}

const instantOf = (atMs: number): Instant => ({ monotonicMs: atMs, wallMs: atMs, quality: "synced" });

/** A guard's units are 1 to 247. */
const NOBODYS = 0;

const elsewhere = (exchange: CapturedExchange, client: string): Denied => ({
  ...{ kind: "deny", exception: 2, about: "address" },
  why: `no device of the policy is unit ${exchange.unit} at ${exchange.device.address}`,
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
