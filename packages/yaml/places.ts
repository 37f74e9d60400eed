/**
 * Between the paths of faults (`rules[2].writes[0].min`) and places in a YAML text, both ways. Names of members may have any characters, so
 * a path is followed through the text, never taken apart by itself.
 */
import { type CST, type Document, isAlias, isMap, isPair, isScalar, isSeq } from "yaml";

/** So much of an unknown member's name stands in a path (`DocumentReader`). */
const NAME_TOLD_CHARS_MAX = 40;

type Step = { readonly offset: number | undefined; readonly node: unknown; readonly rest: string };

/**
 * Of the name or item that a path ends with, or of the nearest around it that the text has; behind an alias, where that was written.
 * `node`: what stands there; nothing where the text has no such path.
 */
export function placeOf(
  document: Document,
  path: string,
): { readonly offset: number | undefined; readonly node?: unknown } {
  let [node, rest]: [unknown, string] = [document.contents, path];
  let offset = startOf(node);
  while (rest !== "") {
    const step = stepInto(isAlias(node) ? node.resolve(document) : node, rest);
    if (step === undefined) break;
    ({ node, rest } = step);
    offset = step.offset ?? offset;
  }
  return rest === "" ? { offset, node } : { offset };
}

function stepInto(node: unknown, path: string): Step | undefined {
  if (isSeq(node)) {
    const [whole = "", index] = /^\[(\d+)\]\.?/.exec(path) ?? [];
    if (index === undefined) return undefined;
    const item = node.items[Number(index)];
    return item === undefined
      ? undefined
      : { node: item, offset: startOf(item), rest: path.slice(whole.length) };
  }
  if (!isMap(node)) return undefined;
  let found: (Step & { readonly length: number }) | undefined;
  for (const { key, value } of node.items) {
    const name = nameOf(key);
    const told = path === name.slice(0, NAME_TOLD_CHARS_MAX) ? path : name;
    const next = path[told.length];
    const fits = path.startsWith(told) && (next === undefined || next === "." || next === "[");
    if (!fits || (found !== undefined && found.length >= told.length)) continue;
    const rest = path.slice(told.length + (next === "." ? 1 : 0));
    found = { node: value, offset: startOf(key), rest, length: told.length };
  }
  return found;
}

/** The path of what stands at an offset, as far as the text could be read. */
export function pathAt(document: Document, offset: number): string {
  let [node, path]: [unknown, string] = [document.contents, ""];
  for (;;) {
    if (isSeq(node)) {
      const at = node.items.findLastIndex((item) => (startOf(item) ?? Number.POSITIVE_INFINITY) <= offset);
      if (at < 0) return path;
      path += `[${at}]`;
      node = node.items[at];
    } else if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => (startOf(key) ?? Number.POSITIVE_INFINITY) <= offset);
      if (pair === undefined) return path;
      path += `${path === "" ? "" : "."}${nameOf(pair.key).slice(0, NAME_TOLD_CHARS_MAX)}`;
      const start = startOf(pair.value);
      if (start === undefined || start > offset) return path;
      node = pair.value;
    } else return path;
  }
}

const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : "");

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  return (node as { readonly range?: readonly number[] | null } | null | undefined)?.range?.[0];
}

/** Lists and objects in each other, counted without going down: what reads them does. */
export function isDeeperThan(depthMax: number, tokens: Iterable<CST.Token>): boolean {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of tokens) open.push({ token, depth: 0 });
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { token, depth } = one;
    if (depth > depthMax) return true;
    if (token.type === "document" && token.value !== undefined) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const item of token.items)
      for (const part of [item.key, item.value]) if (part) open.push({ token: part, depth: depth + 1 });
  }
  return false;
}
