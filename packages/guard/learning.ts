/**
 * What was read while learning was on, as rules that would let the same reads pass: per client, device and function the ranges of
 * addresses, joined where they touch. Never a write: what may be written is for a person to say.
 *
 * Bounded: a client that reads all over a device gets few wide ranges, not many small ones.
 */
import { functionCode, type Request } from "@wattward/modbus";
import { learnable, readSpan } from "./functions.ts";
import type { ClientName, DeviceName, Policy, Rule } from "./policy.ts";

/** Ranges of one client on one device with one function; beyond it the two nearest are joined. */
export const RANGES_MAX = 64;

type Range = { from: number; to: number };
type Seen = {
  readonly client: ClientName;
  readonly device: DeviceName;
  readonly code: number;
  readonly ranges: Range[];
};

export class Learnt {
  private readonly seen = new Map<string, Seen>();

  /** A read that passed because the guard was learning. */
  add(client: ClientName, device: DeviceName, request: Request): void {
    const code = functionCode(request.kind);
    const key = `${code} ${client} ${device}`;
    let seen = this.seen.get(key);
    if (seen === undefined) {
      seen = { client, device, code, ranges: [] };
      this.seen.set(key, seen);
    }
    const { from, to } = readSpan(request) ?? { from: 0, to: 0xffff };
    include(seen.ranges, from, to);
  }

  get isEmpty(): boolean {
    return this.seen.size === 0;
  }

  /** Rules for what was seen; functions that read the same range share one. */
  rules(): readonly Rule[] {
    const rules = new Map<string, { client: ClientName; device: DeviceName; functions: number[] } & Range>();
    for (const { client, device, code, ranges } of this.seen.values())
      for (const { from, to } of ranges) {
        const key = `${from} ${to} ${client} ${device}`;
        const rule = rules.get(key);
        if (rule === undefined) rules.set(key, { client, device, functions: [code], from, to });
        else rule.functions.push(code);
      }
    return [...rules.values()].map((rule) => ({
      ...rule,
      functions: rule.functions.toSorted((a, b) => a - b),
    }));
  }
}

/** Sorted, apart from each other by one address at least. */
function include(ranges: Range[], from: number, to: number): void {
  const known = ranges.find((range) => range.from <= from && to <= range.to);
  if (known !== undefined) return;
  const apart = ranges.filter((range) => range.to + 1 < from || to + 1 < range.from);
  const joined = ranges.filter((range) => !apart.includes(range));
  apart.push({
    from: Math.min(from, ...joined.map((range) => range.from)),
    to: Math.max(to, ...joined.map((range) => range.to)),
  });
  apart.sort((a, b) => a.from - b.from);
  if (apart.length > RANGES_MAX) joinNearest(apart);
  ranges.splice(0, ranges.length, ...apart);
}

function joinNearest(ranges: Range[]): void {
  let nearest = 1;
  const gap = (i: number) => (ranges[i]?.from ?? 0) - (ranges[i - 1]?.to ?? 0);
  for (let i = 2; i < ranges.length; i++) if (gap(i) < gap(nearest)) nearest = i;
  const [second] = ranges.splice(nearest, 1);
  const first = ranges[nearest - 1];
  if (first !== undefined && second !== undefined) first.to = second.to;
}

/**
 * The policy with what was learnt, and without its learning: what an operator may put in force once it was read. Rules that it has
 * already are not repeated.
 */
export function withLearnt({ learning: _, ...policy }: Policy, learnt: readonly Rule[]): Policy {
  const { rules } = policy;
  const added = learnt.filter((rule) => !rules.some((known) => includes(known, rule)));
  return { ...policy, rules: [...rules, ...added] };
}

const includes = (known: Rule, rule: Rule): boolean =>
  (known.client === "any" || known.client === rule.client) &&
  known.device === rule.device &&
  known.from <= rule.from &&
  rule.to <= known.to &&
  rule.functions.every((code) => learnable.has(code) && known.functions.includes(code));
