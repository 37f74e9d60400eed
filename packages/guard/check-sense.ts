/**
 * What a policy says that can only be a mistake, although each of its parts is right: rules that never decide, and rules across registers
 * that bound nothing, or hold always. What could be meant is left: a threshold that is never reached holds while the register is not known.
 */
import { writing } from "./functions.ts";
import type { CrossRule, GuardedDevice, Policy, Rule, TypedRegister } from "./policy.ts";
import { sizeOf, tableOf, valuesOf } from "./values.ts";

type Note = (path: string, sentence: string) => void;

/** Of a policy in which nothing else is wrong. */
export function checkSense(policy: Policy, note: Note): void {
  const { rules, crossRules } = policy;
  for (const [i, rule] of rules.entries()) {
    const before = rules.findIndex((one, at) => at < i && decidesFor(one, rule));
    if (before >= 0) note(`rules[${i}]`, `never decides: rules[${before}] comes first, and covers all of it`);
  }
  for (const [i, rule] of crossRules.entries()) checkAcross(policy, rule, `crossRules[${i}]`, note);
}

/** Whatever the later rule is for, the earlier one has decided. */
function decidesFor(earlier: Rule, later: Rule): boolean {
  const named = new Set(earlier.writes?.map(({ register }) => register));
  const writes = later.functions.some((code) => writing.has(code));
  return (
    earlier.device === later.device &&
    (earlier.client === "any" || earlier.client === later.client) &&
    earlier.from <= later.from &&
    later.to <= earlier.to &&
    later.functions.every((code) => earlier.functions.includes(code)) &&
    (!writes || (later.writes ?? []).every(({ register }) => named.has(register)))
  );
}

function checkAcross(
  policy: Policy,
  { device: name, when, limit }: CrossRule,
  path: string,
  note: Note,
): void {
  const device = policy.devices.find((one) => one.name === name);
  const rules = policy.rules.filter((one) => one.device === name);
  const typed = (register: string) => device?.registers.find((one) => one.name === register);
  const [looked, bounded] = [typed(when.register), typed(limit.register)];
  if (device === undefined || looked === undefined || bounded === undefined) return;
  if (!isWritten(rules, bounded))
    note(
      `${path}.limit.register`,
      `names '${bounded.name}', which no rule lets anybody write: it bounds nothing`,
    );
  const held = valuesOf(bounded);
  if (held !== undefined && limit.min <= held.min && held.max <= limit.max)
    note(
      `${path}.limit`,
      `bounds nothing: '${bounded.name}' can hold no more than ${held.min} to ${held.max}`,
    );
  if (!isLearnt(policy, device) && !isRead(rules, looked) && !isWritten(rules, looked))
    note(
      `${path}.when.register`,
      `names '${looked.name}', which no rule lets anybody read: it is never known, and the bound would always hold`,
    );
}

const isLearnt = ({ learning }: Policy, { name }: GuardedDevice) => learning?.devices.includes(name) ?? false;

const isWritten = (rules: readonly Rule[], { name }: TypedRegister) =>
  rules.some(({ writes = [] }) => writes.some(({ register }) => register === name));

const reading = { holding: [3, 23], input: [4], coil: [1], discrete: [2] } as const;

function isRead(rules: readonly Rule[], register: TypedRegister): boolean {
  const codes: readonly number[] = reading[tableOf(register)];
  const covers = (address: number) => (rule: Rule) =>
    rule.from <= address && address <= rule.to && rule.functions.some((code) => codes.includes(code));
  return Array.from({ length: sizeOf(register) }, (_, i) => register.address + i).every((address) =>
    rules.some(covers(address)),
  );
}
