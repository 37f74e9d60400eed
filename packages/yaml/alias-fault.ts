/**
 * What is wrong with a document's aliases (YAML 1.2.2, 7.1) and merge keys (`<<`), and where: names of nothing, things that contain
 * themselves, merges of what is no object, and at which alias there come to be too many.
 *
 *     a: &car { minMa: 6000 }        an anchor
 *     b: *car                        an alias of it
 *     c: { <<: *car, evse: 2 }       a merge of it
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
} from "yaml";

/** `sentence`: said of what stands at the offset. */
export type AliasFault = { readonly sentence: string; readonly offset: number };

/** The first in the text. `merges`: `<<` means more than any other name. */
export function aliasFault(
  document: Document,
  { merges }: { readonly merges: boolean },
): AliasFault | undefined {
  const anchors = new Map<string, Node>();
  let found: AliasFault | undefined;
  const stop = (fault: AliasFault | undefined) => {
    found = fault;
    return fault === undefined ? undefined : visit.BREAK;
  };
  visit(document, {
    Alias: (_key, alias) => stop(nameFault(alias, anchors)),
    Pair: (_key, pair) => stop(merges ? mergeFault(pair, anchors) : undefined),
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return found;
}

function nameFault(alias: Alias, anchors: ReadonlyMap<string, Node>): AliasFault | undefined {
  const offset = startOf(alias);
  const named = anchors.get(alias.source);
  if (named === undefined)
    return {
      sentence: `is *${alias.source}, an alias of nothing: no &${alias.source} stands above it`,
      offset,
    };
  return offset < (named.range?.[1] ?? 0)
    ? { sentence: `is *${alias.source}, which stands inside what it is an alias of`, offset }
    : undefined;
}

function mergeFault({ key, value }: Pair, anchors: ReadonlyMap<string, Node>): AliasFault | undefined {
  if (!isScalar(key) || key.type !== "PLAIN" || key.source !== "<<") return undefined;
  const named = (node: unknown) => (isAlias(node) ? anchors.get(node.source) : node);
  const merged = named(value);
  const parts: readonly unknown[] = isSeq(merged) ? merged.items : [value];
  // An alias of nothing is told as that.
  const isFine = (part: unknown) => isMap(named(part)) || (isAlias(part) && named(part) === undefined);
  const at = parts.findIndex((part) => !isFine(part));
  if (at < 0) return undefined;
  return {
    sentence: "takes what is an object: an alias of one, as *name, or a list of such",
    offset: startOf(isSeq(value) ? parts[at] : value) || startOf(key),
  };
}

/** Where the aliases, with those in what they stand for, become more than `most`; undefined where they do not. */
export function tooManyAliasesAt(document: Document, most: number): number | undefined {
  const anchors = new Map<string, Node>();
  /** Of each alias: how many there are up to it, with it. */
  const counted: { readonly offset: number; readonly sum: number }[] = [];
  let at: number | undefined;
  const upTo = (offset: number) => counted.findLast((one) => one.offset < offset)?.sum ?? 0;
  visit(document, {
    Alias(_key, alias) {
      const [start, end] = anchors.get(alias.source)?.range ?? [0, 0];
      const sum = (counted.at(-1)?.sum ?? 0) + 1 + upTo(end) - upTo(start);
      const offset = startOf(alias);
      counted.push({ offset, sum });
      if (sum <= most) return undefined;
      at = offset;
      return visit.BREAK;
    },
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return at;
}

const startOf = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;
