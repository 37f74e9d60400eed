/**
 * A SunSpec information model as data: points in the order of their registers, then repeating groups. Written as text, one
 * line for neighbours of one kind:
 *
 *     A AphA AphB AphC: uint16 ^A_SF [A]          names: type ^scale-factor [unit], and rw where it may be written
 *     module × N {                                a group, as often as the point N says
 *       IDStr: string(8)                          a string of 8 registers
 *     }
 *
 * The two registers of the header (id, length) are no points: offsets count from behind them.
 */
import assert from "node:assert/strict";
import { isPointType, type PointType, pointTypes } from "./point.ts";

export type Point = {
  readonly name: string;
  readonly type: PointType;
  readonly registers: number;
  /** Name of the point that holds the exponent of ten. */
  readonly scale?: string;
  /** As the specification writes it: `W`, `% WMax`. */
  readonly unit?: string;
  readonly writable: boolean;
};

export type Group = {
  readonly name: string;
  /** Name of the point that says how often it comes; absent: once. */
  readonly count?: string;
  readonly points: readonly Point[];
  readonly groups: readonly Group[];
};

export type Model = {
  readonly id: number;
  /** For people. */
  readonly name: string;
  readonly root: Group;
};

type Open = { name: string; count?: string; points: Point[]; groups: Group[] };

const pointsLine = /^(\w+(?: \w+)*): (\w+)(?:\((\d+)\))?(?: \^(\w+))?(?: \[([^\]]+)\])?( rw)?$/;
const groupLine = /^(\w+)(?: × (\w+))? \{$/;

/** Models by id; a slip in the text is our own fault and asserts. */
export function defineModels(
  definitions: readonly (readonly [id: number, name: string, text: string])[],
): ReadonlyMap<number, Model> {
  return new Map(definitions.map(([id, name, text]) => [id, { id, name, root: parsed(text) }]));
}

function parsed(text: string): Group {
  const root: Open = { name: "", points: [], groups: [] };
  const open = [root];
  for (const line of text.split("\n").map((each) => each.trim())) {
    const inner = open.at(-1);
    assert(inner !== undefined, `too many '}' in ${text}`);
    const [, groupName, count] = groupLine.exec(line) ?? [];
    if (groupName !== undefined) {
      const group: Open = { name: groupName, ...(count !== undefined && { count }), points: [], groups: [] };
      inner.groups.push(group);
      open.push(group);
    } else if (line === "}") open.pop();
    else if (line !== "") inner.points.push(...pointsOf(line));
  }
  assert(open.length === 1, `a '}' is missing in ${text}`);
  return root;
}

function pointsOf(line: string): Point[] {
  const [, names, type, size, scale, unit, writable] = pointsLine.exec(line) ?? [];
  assert(names !== undefined && type !== undefined && isPointType(type), `not a line of points: ${line}`);
  const registers = type === "string" ? Number(size) : pointTypes[type];
  assert(registers > 0, `no size: ${line}`);
  const rest = { ...(scale !== undefined && { scale }), ...(unit !== undefined && { unit }) };
  return names
    .split(" ")
    .map((name) => ({ name, type, registers, ...rest, writable: writable !== undefined }));
}

/** Called for each point in the order of their registers; its value may be a group's count. `stop` ends the walk. */
export type Visit = (path: string, point: Point) => number | undefined | "stop";

/** Walks a model. False where the visitor stopped it. Paths look like `W`, `PFWInj.PF`, `Crv[0].Pt[2].V`. */
export function walk({ root }: Model, visit: Visit): boolean {
  return walkGroup(root, "", [], visit);
}

type Scope = readonly ReadonlyMap<string, number>[];

function walkGroup(group: Group, prefix: string, outer: Scope, visit: Visit): boolean {
  const own = new Map<string, number>();
  const scope = [own, ...outer];
  for (const point of group.points) {
    const value = visit(prefix + point.name, point);
    if (value === "stop") return false;
    if (value !== undefined) own.set(point.name, value);
  }
  for (const inner of group.groups) {
    const { count } = inner;
    const times = count === undefined ? 1 : (scope.find((values) => values.has(count))?.get(count) ?? 0);
    for (let n = 0; n < times; n++) {
      const at = `${prefix}${inner.name}${count === undefined ? "" : `[${n}]`}.`;
      if (!walkGroup(inner, at, scope, visit)) return false;
    }
  }
  return true;
}
