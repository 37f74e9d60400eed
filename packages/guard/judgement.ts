/**
 * Whether a request passes the rules of its client and device. Nothing is counted or remembered here: what passes is counted by
 * whoever lets it through (`passed`).
 *
 *     function ─▶ addresses ─▶ typed registers whole ─▶ a rule that names each ─▶ bounds ─▶ motion ─▶ across registers ─▶ rates
 *         01           02              02, 03                   02                 03       03, 06          03             06
 *
 * The first rule that covers client, device, function, addresses, and names every register written, decides alone.
 */
import assert from "node:assert/strict";
import { functionCode, type Request } from "@wattward/modbus";
import type { DeviceState } from "./device-state.ts";
import { passesForNobody, readSpan, writeSpan, writing } from "./functions.ts";
import type { Passage, RegisterState } from "./register-state.ts";
import type { ReadyBound, ReadyCrossRule, ReadyRule } from "./rulebook.ts";
import type { DenialAbout, DenialCode } from "./verdict.ts";
import { type Written, writesOf } from "./writes.ts";

export type Judgement =
  | { readonly kind: "pass"; readonly rule: ReadyRule; readonly written: readonly Written[] }
  | Refusal;
export type Refusal = {
  readonly kind: "refuse";
  readonly code: DenialCode;
  readonly about: DenialAbout;
  readonly rule?: string;
  readonly why: string;
};

export type Case = {
  readonly request: Request;
  readonly device: DeviceState;
  /** Of the client for the device. */
  readonly rules: readonly ReadyRule[];
  readonly crossRules: readonly ReadyCrossRule[];
  readonly nowMs: number;
};

type Place = { readonly rule?: string | undefined; readonly about?: DenialAbout };

const usually = { 1: "function", 2: "address", 3: "value", 6: "rate" } as const;
const refuse = (code: DenialCode, why: string, { rule, about = usually[code] }: Place = {}): Refusal => ({
  kind: "refuse",
  ...{ code, about, why },
  ...(rule !== undefined && { rule }),
});

export function judge(it: Case): Judgement {
  const { request, rules, nowMs } = it;
  const code = functionCode(request.kind);
  if (passesForNobody(request)) return refuse(1, `${request.kind} passes for nobody`);
  const named = rules.filter(({ functions }) => functions.has(code));
  if (named.length === 0) return refuse(1, `no rule lets it ask function ${code} of this device`);
  if (writing.has(code)) return judgeWrite(it, named);
  const span = readSpan(request);
  const rule = named.find((one) => covers(one, span));
  if (rule === undefined) return refuse(2, `no rule lets it read ${spanText(span)}`);
  const rate = rateOf(rule.window, nowMs, rule.path);
  return rate ?? { kind: "pass", rule, written: [] };
}

type Span = { readonly from: number; readonly to: number };
const covers = ({ rule }: ReadyRule, span: Span | undefined): boolean =>
  span === undefined || (rule.from <= span.from && span.to <= rule.to);
const spanText = (span: Span | undefined) =>
  span === undefined ? "it" : span.from === span.to ? `${span.from}` : `${span.from} to ${span.to}`;

function judgeWrite(it: Case, named: readonly ReadyRule[]): Judgement {
  const { request, device, rules, nowMs } = it;
  const span = writeSpan(request);
  const covering = named.filter((one) => covers(one, span));
  if (covering.length === 0) return refuse(2, `no rule lets it write ${spanText(span)}`);
  if (request.kind === "read-write-multiple-registers") {
    const read = readSpan(request);
    const readable = rules.some(
      (one) => (one.functions.has(3) || one.functions.has(23)) && covers(one, read),
    );
    if (!readable) return refuse(2, `no rule lets it read ${spanText(read)}`);
  }
  const writes = writesOf(request, device, nowMs);
  if (writes.kind === "unclear") return refuse(writes.code, writes.why);
  const written = writes.registers;
  const rule = covering.find(({ bounds }) => written.every(({ state }) => bounds.has(state.register.name)));
  if (rule === undefined) {
    const names = written.map(({ state }) => state.register.name).join(", ");
    return refuse(2, `no rule lets it write ${names} at once`, { rule: covering[0]?.path });
  }
  for (const one of written) {
    const refusal = judgeRegister(one, rule.bounds.get(one.state.register.name)!, nowMs);
    if (refusal !== undefined) return refusal;
  }
  return judgeAcross(it, written) ?? judgeRates(rule, written, nowMs) ?? { kind: "pass", rule, written };
}

function judgeRegister({ state, value }: Written, ready: ReadyBound, nowMs: number): Refusal | undefined {
  const { name, scaleFrom } = state.register;
  const unit = state.register.unit === undefined ? "" : ` ${state.register.unit}`;
  const { bound, path } = ready;
  if (value === undefined) {
    const factor =
      scaleFrom === undefined ? "" : `, or its scale factor at ${scaleFrom} is not known: read it first`;
    return refuse(3, `${name} would be no number${factor}`, { rule: path });
  }
  if (!(value >= bound.min && value <= bound.max))
    return refuse(3, `${bound.min} to ${bound.max}${unit} are allowed for ${name}`, { rule: path });
  if (state.pending > 0)
    return refuse(6, `a write to ${name} is still unanswered`, { rule: path, about: "motion" });
  const motion = state.motion(value, bound, nowMs);
  return motion.kind === "refused"
    ? refuse(motion.code, `${name} ${motion.why}`, { rule: path, about: "motion" })
    : undefined;
}

function judgeAcross({ device, crossRules, nowMs }: Case, written: readonly Written[]): Refusal | undefined {
  if (crossRules.length === 0) return undefined;
  const values = new Map<string, number>();
  for (const { state, value } of written) if (value !== undefined) values.set(state.register.name, value);
  for (const { cross, path } of crossRules) {
    const { limit, why } = cross;
    const value = values.get(limit.register);
    if (value === undefined || (value >= limit.min && value <= limit.max)) continue;
    if (device.holds(cross, values, nowMs))
      return refuse(3, `${limit.min} to ${limit.max} are allowed for ${limit.register} now: ${why}`, {
        rule: path,
      });
  }
  return undefined;
}

function judgeRates(rule: ReadyRule, written: readonly Written[], nowMs: number): Refusal | undefined {
  for (const { state } of written) {
    const ready = rule.bounds.get(state.register.name)!;
    const refusal = rateOf(ready.window, nowMs, ready.path);
    if (refusal !== undefined) return refusal;
  }
  return rateOf(rule.window, nowMs, rule.path);
}

const rateOf = (window: ReadyRule["window"], nowMs: number, path: string): Refusal | undefined =>
  window === undefined || window.hasRoom(nowMs)
    ? undefined
    : refuse(6, "its rate per minute is used up", { rule: path });

export type RegisterPassage = { readonly state: RegisterState; readonly passage: Passage };

/** Counts what was let through; what it did to each register is to be told when it is settled. */
export function passed(
  { rule, written }: Extract<Judgement, { kind: "pass" }>,
  nowMs: number,
): RegisterPassage[] {
  rule.window?.add(nowMs);
  return written.map(({ state, words, value }) => {
    const ready = rule.bounds.get(state.register.name);
    assert(ready !== undefined && value !== undefined, "what passes was named, and has a value");
    ready.window?.add(nowMs);
    state.pending++;
    return { state, passage: { words, value, atMs: nowMs, rampPerS: ready.bound.rampPerS } };
  });
}
