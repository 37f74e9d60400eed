/**
 * The watch of a live guard: fed with what its process sees anyway, in the words that it has. It outlives a policy: what a
 * master did before a new bundle is not forgotten with the old one.
 *
 *     request whole ─▶ asked      verdict deny ─▶ denied       device settled ─▶ settled      no Modbus ─▶ malformed
 *     connection of nobody's ─▶ stranger        answer of nobody's ─▶ stray      once a second ─▶ turn
 */
import type { Request } from "@wattward/modbus";
import { contentOf } from "../device-state.ts";
import { type DecodedExchange, decodedRequest } from "../exchange.ts";
import { readSpan } from "../functions.ts";
import type { ClientName, GuardedDevice, Policy } from "../policy.ts";
import type { Denied, Settled } from "../verdict.ts";
import type { Observation } from "./observation.ts";
import { NO_DEVICE, Watch } from "./watch.ts";

/** One request of one client, as its process knows it. */
export type LiveRequest = {
  readonly client: ClientName;
  readonly unit: number;
  readonly request: Request;
  /** As the master chose it, and a name for its connection, one of its own among those of this client. */
  readonly under?: { readonly connection: string; readonly transaction: number };
};

export class LiveWatch {
  private readonly watch: Watch;
  private devices: ReadonlyMap<number, GuardedDevice> = new Map();

  /** `tell` is called at the beginning and at the end of each incident, never more often. */
  constructor(tell: (observation: Observation) => void) {
    this.watch = new Watch(tell);
  }

  /** The policy in force; undefined: none. */
  enforce(policy: Policy | undefined): void {
    this.devices = new Map((policy?.devices ?? []).map((device) => [device.unit, device]));
  }

  /** A request has come, whatever becomes of it; `pdu` is only looked at during the call. */
  asked(asked: LiveRequest, pdu: Uint8Array, nowMs: number): void {
    const { client, unit, request, under } = asked;
    const device = this.devices.get(unit);
    this.watch.asked({
      ...{ nowMs, master: client, device: device?.name ?? NO_DEVICE, unit, known: device !== undefined },
      ...{ pdu, request, exchange: () => this.exchangeOf(asked) },
      ...(under && { under }),
    });
  }

  denied(denied: Denied, nowMs: number): void {
    const { client: master, unit } = denied.exchange;
    this.watch.denied(denied, { master, device: this.nameOf(unit) }, { nowMs });
  }

  /** A PDU that is no request: told, and counted among the functions that its master tries. */
  unreadable(denied: Denied, pdu: Uint8Array, nowMs: number): void {
    const { client: master, unit } = denied.exchange;
    const device = this.nameOf(unit);
    const exchange = () => denied.exchange;
    this.watch.asked({ nowMs, master, device, unit, known: this.devices.has(unit), pdu, exchange });
    if (denied.exception === 1) this.watch.denied(denied, { master, device }, { nowMs });
    else this.watch.malformed({ master, device }, `${master} to ${device}: ${denied.why}`, { nowMs });
  }

  /** What the device made of a request that was let through. */
  settled(asked: LiveRequest, settled: Settled, nowMs: number): void {
    const { client: master, unit, request } = asked;
    const device = this.nameOf(unit);
    const exchange = () => this.exchangeOf(asked);
    if (settled.kind !== "failed" || settled.sent)
      this.watch.wrote({ master, device, exchange }, request, { nowMs });
    if (settled.kind === "exception") {
      this.watch.excepted({ master, device, exchange }, settled.code, { nowMs });
      return;
    }
    const content = settled.kind === "response" ? contentOf(request, settled.response) : undefined;
    const span = content && readSpan(request);
    if (content === undefined || span === undefined) return;
    this.watch.read({ master, device }, `${content.table} ${span.from} to ${span.to}`, content.words, {
      nowMs,
    });
  }

  /** A stream of a client, or of a device, that is no Modbus. */
  malformed(
    parties: { readonly master: string; readonly device?: string },
    sentence: string,
    nowMs: number,
  ): void {
    this.watch.malformed(parties, sentence, { nowMs });
  }

  /** A connection of somebody whom the policy does not name. */
  stranger(address: string, sentence: string, nowMs: number): void {
    this.watch.stranger(address, sentence, { nowMs });
  }

  /** An answer that came too late, or that nobody asked for. */
  stray(kind: "late-answer" | "unasked-answer", device: string, nowMs: number): void {
    this.watch.stray(kind, { master: "", device }, { nowMs });
  }

  /** About once a second: ends incidents that have become quiet. */
  turn(nowMs: number): void {
    this.watch.turn(nowMs);
  }

  /** Ends all incidents, at the end of the process. */
  close(): void {
    this.watch.close();
  }

  private nameOf(unit: number): string {
    return this.devices.get(unit)?.name ?? NO_DEVICE;
  }

  private exchangeOf({ client, unit, request }: LiveRequest): DecodedExchange {
    const device = this.devices.get(unit)?.name;
    return decodedRequest({ client, unit, ...(device !== undefined && { device }) }, request, []);
  }
}
