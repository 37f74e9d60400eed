/**
 * The Modbus guard's verdicts: one object for one site's policy, asked for every request before it goes to a device, told what became
 * of each that went (ADR 17).
 *
 *     master ──request──▶ guard.request ─▶ allow ──▶ device ──answer──▶ ticket.settle ──▶ master
 *                                        └▶ deny ──▶ exception to the master, observation to the operator
 *
 * Always true: what no rule names is denied; a denied request changes nothing here; what is known of a device comes from the device.
 * Ask when the request is about to be sent, not when it is queued: a verdict is about the device as it is now.
 * Pure: no sockets, no clock, no chance; its memory is bounded by the policy.
 */

import { type Instant, TokenBucket } from "@wattward/kernel";
import { functionCode, type PduFault, type Request } from "@wattward/modbus";
import { contentOf, DeviceState, deviceAt } from "./device-state.ts";
import { type DecodedValue, decodedRequest, undecoded } from "./exchange.ts";
import { learnable, passesForNobody, writeSpan } from "./functions.ts";
import { judge, type Passages, passed, type Refusal, settlePassages } from "./judgement.ts";
import { Learnt, type LearntPast, withLearnt } from "./learning.ts";
import { DECODED_VALUES_MAX } from "./limits.ts";
import type { GuardPast, Inherited } from "./past.ts";
import type { Client, ClientName, Policy } from "./policy.ts";
import { Rulebook } from "./rulebook.ts";
import type { Allowed, Denied, Settled, Ticket, Verdict } from "./verdict.ts";
import { runOf, writesOf } from "./writes.ts";

/**
 * The device did not do it: function, address, value, busy. After any other exception it may have; and after any at all where there was
 * more to do than one thing: it writes one register, and refuses the next; with 23 it writes, and refuses to read.
 */
const refusals: ReadonlySet<number> = new Set([1, 2, 3, 6]);
const nothingForced: Passages = { written: [], forced: [] };

export class ModbusGuard {
  readonly policy: Policy;
  private readonly rules: Rulebook;
  private readonly byUnit = new Map<number, DeviceState>();
  private readonly learnt: Learnt;
  private readonly clients = new Map<ClientName, { readonly client: Client; bucket?: TokenBucket }>();
  /** When it was asked last: since then nothing was changed through it. */
  private askedAtMs = 0;

  /**
   * A policy that was checked (`checkPolicy`). What `before` knows of registers that are still the same goes on being known; the others
   * begin with what a guard that is gone left behind, where there was one.
   */
  constructor(policy: Policy, before?: ModbusGuard, inherited?: Inherited) {
    this.policy = policy;
    this.rules = new Rulebook(policy, before?.rules);
    this.askedAtMs = before?.askedAtMs ?? 0;
    this.learnt = policy.learning !== undefined && before !== undefined ? before.learnt : new Learnt();
    for (const client of policy.clients) {
      const old = before?.clients.get(client.name);
      const same = old?.client.perSecond === client.perSecond && old.client.burst === client.burst;
      this.clients.set(client.name, { client, ...(same && old.bucket && { bucket: old.bucket }) });
    }
    const old = new Map([...(before?.byUnit.values() ?? [])].map((state) => [deviceAt(state.device), state]));
    for (const device of policy.devices) {
      const known = old.get(deviceAt(device));
      const handed = known && { device: known, atMs: this.askedAtMs };
      this.byUnit.set(device.unit, new DeviceState(device, handed, inherited));
    }
  }

  /** The verdict on a request that is about to be sent. */
  request(name: ClientName, unit: number, request: Request, now: Instant): Verdict {
    const nowMs = now.monotonicMs;
    this.askedAtMs = nowMs;
    const device = this.byUnit.get(unit);
    const known = this.clients.get(name);
    const refusal = (one: Refusal): Denied => this.denied(name, unit, request, one, nowMs);
    if (known === undefined)
      return refusal({ kind: "refuse", code: 1, about: "function", why: `there is no client '${name}'` });
    known.bucket ??= new TokenBucket(known.client, nowMs);
    if (!known.bucket.take(nowMs)) {
      const rule = `clients[${this.policy.clients.indexOf(known.client)}]`;
      return refusal({
        kind: "refuse",
        code: 6,
        about: "rate",
        why: `more than ${known.client.perSecond} requests a second`,
        rule,
      });
    }
    if (device === undefined)
      return refusal({ kind: "refuse", code: 2, about: "address", why: `no device has unit ${unit}` });
    const judgement = judge({
      request,
      device,
      rules: this.rules.of(name, device.device.name),
      crossRules: this.rules.crossOf(device.device.name),
      boundOf: (register) => this.rules.boundOf(device.device.name, register),
      nowMs,
    });
    if (judgement.kind === "pass") return allowed(device, request, passed(judgement, nowMs));
    if (judgement.code !== 6 && this.learns(device, request, now))
      return allowed(device, request, nothingForced, () =>
        this.learnt.add(name, device.device.name, request),
      );
    return refusal(judgement);
  }

  /** A request that was never judged, for there was no room for it: refused with 06, and told decoded as every other. */
  busy(
    { client, unit }: { readonly client: ClientName; readonly unit: number },
    request: Request,
    refusal: Pick<Refusal, "about" | "why">,
    nowMs: number,
  ): Denied {
    return this.denied(client, unit, request, { kind: "refuse", code: 6, ...refusal }, nowMs);
  }

  /** A PDU that is no request: always denied, as its fault says. */
  unreadable(client: string, unit: number, pdu: Uint8Array, fault: PduFault): Denied {
    const device = this.byUnit.get(unit)?.device.name;
    const exchange = undecoded({ client, unit, ...(device !== undefined && { device }) }, pdu);
    const exception = fault.exception === 1 || fault.exception === 2 ? fault.exception : 3;
    return { kind: "deny", exception, why: fault.sentence, exchange };
  }

  /** What a successor has to know. */
  past(nowMs: number): GuardPast {
    return [...this.byUnit.values()].flatMap((device) => device.past(nowMs));
  }

  /** The policy with rules for what was read while learning; undefined where nothing was. For people to look at, never in force by itself. */
  proposal(): Policy | undefined {
    return this.learnt.isEmpty ? undefined : withLearnt(this.policy, this.learnt);
  }

  /** What a guard before this one had learnt is learnt here too. */
  resume(learnt: LearntPast): void {
    this.learnt.resume(learnt, this.policy);
  }

  /** For a successor that is to go on learning. */
  get learntSoFar(): LearntPast {
    return this.learnt.past;
  }

  private learns({ device }: DeviceState, request: Request, now: Instant): boolean {
    const { learning } = this.policy;
    if (learning === undefined || now.quality === "unknown" || now.wallMs >= learning.untilMs) return false;
    if (passesForNobody(request)) return false;
    return learning.devices.includes(device.name) && learnable.has(functionCode(request.kind));
  }

  private denied(
    client: ClientName,
    unit: number,
    request: Request,
    refusal: Refusal,
    nowMs: number,
  ): Denied {
    const device = this.byUnit.get(unit);
    const parties = { client, unit, ...(device && { device: device.device.name }) };
    const exchange = decodedRequest(parties, request, device ? decodedValues(request, device, nowMs) : []);
    const { code: exception, about, rule, why } = refusal;
    return { kind: "deny", exception, about, ...(rule !== undefined && { rule }), why, exchange };
  }
}

function allowed(
  device: DeviceState,
  request: Request,
  passages: Passages,
  answered: () => void = () => {},
): Allowed {
  let open = true;
  const one = passages.written.length === 1 && request.kind !== "read-write-multiple-registers";
  const settle: Ticket["settle"] = (settled, nowMs) => {
    if (!open) return;
    open = false;
    if (settled.kind === "response") answered();
    settlePassages(passages, doneBy(settled, one), nowMs);
    const content = settled.kind === "response" ? contentOf(request, settled.response) : undefined;
    if (content !== undefined) device.learn(content, nowMs);
  };
  return { kind: "allow", device: device.device, ticket: { settle } };
}

/** Whether the device did what was written; `one`: it was one thing to do. */
function doneBy(settled: Settled, one: boolean): "yes" | "maybe" | "no" {
  switch (settled.kind) {
    case "response":
      return "yes";
    case "exception":
      return one && refusals.has(settled.code) ? "no" : "maybe";
    case "failed":
      return settled.sent ? "maybe" : "no";
  }
}

/** For people: as far as the policy has types for it. */
function decodedValues(request: Request, device: DeviceState, nowMs: number): DecodedValue[] {
  const span = writeSpan(request);
  if (span === undefined) return [];
  const writes = writesOf(request, device, nowMs);
  if (writes.kind === "unclear")
    return (runOf(request, device, nowMs)?.words ?? [])
      .slice(0, DECODED_VALUES_MAX)
      .map((word, i) => ({ address: span.from + i, raw: [word] }));
  return writes.registers.map(({ state, address, words, value }) => ({
    register: state.register.name,
    address,
    raw: words,
    ...(value !== undefined && { value }),
    ...(state.register.unit !== undefined && { unit: state.register.unit }),
  }));
}
