/**
 * Whether a request passes the rules of its client and device. Nothing of a request is counted or remembered here: what passes is counted
 * by whoever lets it through (`passed`).
 *
 *     function ─▶ addresses ─▶ typed registers whole ─▶ a rule that names each ─▶ bounds ─▶ motion ─▶ across registers ─▶ rates
 *         01           02              02, 03                   02                 03       03, 06          03             06
 *
 * The first rule that covers client, device, function, addresses, and names every register written, decides alone. Bounds, motion and
 * rules across registers are about what would be in force: also where a write brings into force, or renews, what another one left.
 */
import assert from "node:assert/strict";
import { functionCode, type Request } from "@wattward/modbus";
import type { DeviceState } from "./device-state.ts";
import { passesForNobody, readSpan, writeSpan, writing } from "./functions.ts";
import { positionOf } from "./in-force.ts";
import { hull, isWithin, type Move, point, type Span } from "./motion.ts";
import type { Passage, RegisterState } from "./register-state.ts";
import type { ReadyBound, ReadyCrossRule, ReadyRule } from "./rulebook.ts";
import type { DenialAbout, DenialCode } from "./verdict.ts";
import { type Written, writesOf } from "./writes.ts";

export type Judgement =
  | {
      readonly kind: "pass";
      readonly rule: ReadyRule;
      /** Of a function that writes and reads: by which it reads, where that is another. */
      readonly readBy?: ReadyRule;
      readonly written: readonly Written[];
      /** What it does to what is in force. */
      readonly forced: readonly Forced[];
    }
  | Refusal;
/** A setpoint that a write brings into force, moves there, or lets go of. */
type Forced = { readonly state: RegisterState; readonly move: Move };
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
  /** The first bound that a register of the device has, whoever's it is. */
  boundOf(register: string): ReadyBound | undefined;
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
  if (rule === undefined) return refuse(2, `no rule lets it read ${rangeText(span)}`);
  const rate = rateOf(rule.window, nowMs, rule.path);
  return rate ?? { kind: "pass", rule, written: [], forced: [] };
}

type Range = { readonly from: number; readonly to: number };
const covers = ({ rule }: ReadyRule, range: Range | undefined): boolean =>
  range === undefined || (rule.from <= range.from && range.to <= rule.to);
const rangeText = (range: Range | undefined) =>
  range === undefined ? "it" : range.from === range.to ? `${range.from}` : `${range.from} to ${range.to}`;
const spanText = ({ low, high }: Span) => (low === high ? `${low}` : `${low}…${high}`);

function judgeWrite(it: Case, named: readonly ReadyRule[]): Judgement {
  const { request, device, nowMs } = it;
  const span = writeSpan(request);
  const covering = named.filter((one) => covers(one, span));
  if (covering.length === 0) return refuse(2, `no rule lets it write ${rangeText(span)}`);
  const readBy = readingRule(it);
  if (readBy === undefined && request.kind === "read-write-multiple-registers")
    return refuse(2, `no rule lets it read ${rangeText(readSpan(request))}`);
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
  const values = new Map(written.map(({ state, value }) => [state, value!]));
  const touched = device.touchedBy(values.keys());
  const forced: Forced[] = [];
  for (const state of touched) {
    const one = judgeForce(it, state, values, rule);
    if (one?.kind === "refuse") return one;
    if (one !== undefined) forced.push(one.forced);
  }
  return (
    judgeAcross(it, values, touched) ??
    judgeRates(rule, written, nowMs) ??
    (readBy === undefined ? undefined : rateOf(readBy.window, nowMs, readBy.path)) ?? {
      ...{ kind: "pass", rule, written, forced },
      ...(readBy !== undefined && readBy !== rule && { readBy }),
    }
  );
}

/** By which it reads what 23 reads: the rule that a read by 3 would have, else one of its own. */
function readingRule({ request, rules }: Case): ReadyRule | undefined {
  if (request.kind !== "read-write-multiple-registers") return undefined;
  const span = readSpan(request);
  const covering = rules.filter((one) => covers(one, span));
  return (
    covering.find(({ functions }) => functions.has(3)) ?? covering.find(({ functions }) => functions.has(23))
  );
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
  const motion = state.moves.refusal(state.bounds, point(value), bound, nowMs, state.holds !== undefined);
  return motion && refuse(motion.code, `${name} ${motion.why}`, { rule: path, about: "motion" });
}

/** Of a setpoint that a write touches: whether it may be in force as it would be, and get there as fast. */
function judgeForce(
  { device, boundOf, nowMs }: Case,
  state: RegisterState,
  values: Values,
  rule: ReadyRule,
): Refusal | { readonly kind: "forced"; readonly forced: Forced } | undefined {
  const { name } = state.register;
  const ready = rule.bounds.get(name) ?? boundOf(name);
  if (ready === undefined) return undefined;
  const { bound, path } = ready;
  if (device.isPending(state))
    return refuse(6, `a write to what ${name} depends on is still unanswered`, {
      ...{ rule: path, about: "motion" },
    });
  const after = device.inForce(state, values, nowMs);
  if (after.on && after.content === undefined)
    return refuse(3, `${name} would be in force, and what it has is not known: read it first, or write it`, {
      rule: path,
    });
  if (after.on && after.content !== undefined && !isWithin(after.content, within(bound)))
    return refuse(
      3,
      `${bound.min} to ${bound.max} are allowed for ${name}, which would be in force with ${spanText(after.content)}`,
      { rule: path },
    );
  const before = device.inForce(state, nothing, nowMs);
  const [from, to] = [positionOf(before), positionOf(after)];
  // What time alone has done is so whatever becomes of the request.
  state.force.found(from, nowMs);
  if (before.fallen) device.enableOf(state)?.mayBeOff();
  const motion = state.force.refusal(from, to, bound, nowMs);
  if (motion !== undefined)
    return refuse(motion.code, `what is in force of ${name} ${motion.why}`, { rule: path, about: "motion" });
  return { kind: "forced", forced: { state, move: { from, to, atMs: nowMs, rampPerS: bound.rampPerS } } };
}

type Values = ReadonlyMap<RegisterState, number>;
const nothing: Values = new Map();
const within = ({ min, max }: { readonly min: number; readonly max: number }): Span => ({
  low: min,
  high: max,
});

/** For what is written, and for what is in force already where a write renews it, or changes what its bounds depend on. */
function judgeAcross(
  { device, crossRules, nowMs }: Case,
  values: Values,
  touched: ReadonlySet<RegisterState>,
): Refusal | undefined {
  if (crossRules.length === 0) return undefined;
  const named = new Map([...values].map(([{ register }, value]) => [register.name, value]));
  for (const { cross, path } of crossRules) {
    const { limit, when, why } = cross;
    const state = device.register(limit.register);
    if (state === undefined) continue;
    const value = values.get(state);
    if (value === undefined && !named.has(when.register) && !touched.has(state)) continue;
    const { content, on } =
      value === undefined ? device.inForce(state, values, nowMs) : { content: point(value), on: true };
    if (!on || (content !== undefined && isWithin(content, within(limit)))) continue;
    if (!device.holds(cross, named, nowMs)) continue;
    const allowed = `${limit.min} to ${limit.max} are allowed for ${limit.register} now: ${why}`;
    const has = content === undefined ? "what it has is not known" : `it has ${spanText(content)}`;
    return refuse(3, value === undefined ? `${allowed}, and ${has}` : allowed, { rule: path });
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

/** What was let through, until it is told what became of it. */
export type Passages = {
  readonly written: readonly { readonly state: RegisterState; readonly passage: Passage }[];
  readonly forced: readonly Forced[];
};

/** Counts what was let through; what it did to each register is to be told when it is settled. */
export function passed(
  { rule, readBy, written, forced }: Extract<Judgement, { kind: "pass" }>,
  nowMs: number,
): Passages {
  rule.window?.add(nowMs);
  readBy?.window?.add(nowMs);
  const passages = written.map(({ state, words, value }) => {
    const ready = rule.bounds.get(state.register.name);
    assert(ready !== undefined && value !== undefined, "what passes was named, and has a value");
    ready.window?.add(nowMs);
    state.pending++;
    return { state, passage: { words, value, atMs: nowMs, bound: ready.bound } };
  });
  return { written: passages, forced };
}

/** The device has what was let through, or may have it, or has not. */
export function settlePassages(
  { written, forced }: Passages,
  done: "yes" | "maybe" | "no",
  nowMs: number,
): void {
  for (const { state } of written) state.pending--;
  if (done === "no") return;
  for (const { state, move } of forced)
    state.force.moved(move, done === "yes" ? move.to : hull(move.from, move.to));
  for (const { state, passage } of written)
    if (done === "yes") state.acknowledged(passage, nowMs);
    else state.uncertain(passage);
}
