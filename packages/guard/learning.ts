/**
 * What was read while learning was on, as rules that would let the same reads pass: per client, device and function the ranges of
 * addresses, joined where they touch. Never a write: what may be written is for a person to say.
 *
 * Bounded: a client that reads all over a device gets few wide ranges, not many small ones, and a proposal has no more rules than a policy may
 * have. What the device refused was not read.
 */
import { list, object, type Rule as ShapeRule, text, whole } from "@wattward/kernel/shape";
import { functionCode, type Request } from "@wattward/modbus";
import { learnable, readSpan } from "./functions.ts";
import { ADDRESS_MAX, NAME_CHARS_MAX, RULES_MAX } from "./limits.ts";
import type { ClientName, DeviceName, Policy, Rule } from "./policy.ts";

/** Ranges of one client on one device with one function; beyond it the two nearest are joined. */
export const RANGES_MAX = 64;

/** Of clients, devices and functions together; more could be proposed by no policy. */
const SEEN_MAX = RULES_MAX;

type Range = { from: number; to: number };
type Seen = {
  readonly client: ClientName;
  readonly device: DeviceName;
  readonly code: number;
  readonly ranges: Range[];
};

/** What a successor has to know to go on learning. */
export type LearntPast = readonly (Omit<Seen, "ranges"> & { readonly ranges: readonly Readonly<Range>[] })[];
const address = whole(0, ADDRESS_MAX);
/** For whoever reads it back. */
export const learntPastRule: ShapeRule = list(
  object<LearntPast[number]>({
    client: text(NAME_CHARS_MAX, 1),
    device: text(NAME_CHARS_MAX, 1),
    code: whole(1, 0x7f),
    ranges: list(object<Range>({ from: address, to: address }), RANGES_MAX),
  }),
  SEEN_MAX,
);

export class Learnt {
  private readonly seen = new Map<string, Seen>();

  /** A read that passed because the guard was learning, and that the device answered. */
  add(client: ClientName, device: DeviceName, request: Request): void {
    const { from, to } = readSpan(request) ?? { from: 0, to: ADDRESS_MAX };
    this.include({ client, device, code: functionCode(request.kind) }, from, to);
  }

  /** What a guard before this one had learnt, of clients and devices that there still are. */
  resume(past: LearntPast, { clients, devices }: Policy): void {
    for (const { ranges, ...who } of past) {
      if (!learnable.has(who.code) || !clients.some(({ name }) => name === who.client)) continue;
      if (!devices.some(({ name }) => name === who.device)) continue;
      for (const { from, to } of ranges) if (from <= to) this.include(who, from, to);
    }
  }

  get past(): LearntPast {
    return [...this.seen.values()];
  }

  private include({ client, device, code }: Omit<Seen, "ranges">, from: number, to: number): void {
    const key = `${code} ${client} ${device}`;
    let seen = this.seen.get(key);
    if (seen === undefined) {
      if (this.seen.size >= SEEN_MAX) return;
      seen = { client, device, code, ranges: [] };
      this.seen.set(key, seen);
    }
    include(seen.ranges, from, to);
  }

  get isEmpty(): boolean {
    return this.seen.size === 0;
  }

  /** Rules for what was seen, by so many ranges of each at most; functions that read the same range share one. */
  rules(rangesMax = RANGES_MAX): readonly Rule[] {
    const rules = new Map<string, { client: ClientName; device: DeviceName; functions: number[] } & Range>();
    for (const { client, device, code, ranges } of this.seen.values())
      for (const { from, to } of joinedTo(rangesMax, ranges)) {
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

function joinedTo(most: number, ranges: readonly Range[]): readonly Range[] {
  if (ranges.length <= most) return ranges;
  const fewer = ranges.map((range) => ({ ...range }));
  while (fewer.length > most) joinNearest(fewer);
  return fewer;
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
 * already are not repeated. Where there would be more rules than a policy may have, ranges are joined, the nearest first.
 */
export function withLearnt({ learning: _, ...policy }: Policy, learnt: Learnt): Policy {
  const { rules } = policy;
  const room = Math.max(0, RULES_MAX - rules.length);
  for (let rangesMax = RANGES_MAX; ; rangesMax = Math.floor(rangesMax / 2)) {
    const added = learnt.rules(rangesMax).filter((rule) => !rules.some((known) => includes(known, rule)));
    if (added.length <= room || rangesMax === 1)
      return { ...policy, rules: [...rules, ...added.slice(0, room)] };
  }
}

const includes = (known: Rule, rule: Rule): boolean =>
  (known.client === "any" || known.client === rule.client) &&
  known.device === rule.device &&
  known.from <= rule.from &&
  rule.to <= known.to &&
  rule.functions.every((code) => learnable.has(code) && known.functions.includes(code));
