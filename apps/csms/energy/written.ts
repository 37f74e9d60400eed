/**
 * A document as text, YAML or JSON: its value, and the line on which a path of it stands, so that a fault can be shown where it was
 * written. Text of people: keys twice, unknown tags, aliases without end and depth without end are faults like any other.
 *
 *     path   energy.site.fuses[1].ratedMa
 */
import { type Fault, failed, ok, type Result } from "@wattward/kernel";
import { isNode, LineCounter, parseDocument } from "yaml";
import { DOCUMENT_ALIASES_MAX, DOCUMENT_CHARS_MAX } from "./limits.ts";

/** `line` counts from 1; null where the fault is on none. */
export type WrittenFault = Fault<"too-long" | "unreadable"> & { readonly line: number | null };
export type Written = {
  readonly value: unknown;
  /** Of what stands there, or else of the nearest thing around it. */
  lineOf(path: string): number | null;
};

/** The fault is its author's. */
export function readWritten(text: string): Result<Written, WrittenFault> {
  if (text.length > DOCUMENT_CHARS_MAX) {
    const sentence = `The document has ${text.length} characters, over ${DOCUMENT_CHARS_MAX}.`;
    return failed({ code: "too-long", sentence, line: null });
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined)
      return failed(unreadable(firstLine(wrong.message), lines.linePos(wrong.pos[0]).line));
    return ok({
      value: document.toJS({ maxAliasCount: DOCUMENT_ALIASES_MAX }),
      lineOf(path) {
        for (let keys = keysIn(path); ; keys = keys.slice(0, -1)) {
          const node = keys.length === 0 ? document.contents : document.getIn(keys, true);
          if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
          if (keys.length === 0) return null;
        }
      },
    });
  } catch (error) {
    // Too deep for the stack, or aliases that would fill the memory: said by the library as an error of its own.
    if (error instanceof RangeError) return failed(unreadable("it is nested too deeply", null));
    if (error instanceof ReferenceError) return failed(unreadable(firstLine(error.message), null));
    throw error;
  }
}

/** The same document with another value at a path that it has; comments stay. To be called on what was read without a fault. */
export function rewritten(text: string, keys: readonly string[], value: string): string {
  if (text.trimStart().startsWith("{")) {
    const document = parseDocument(text, { merge: true });
    document.setIn(keys, value);
    return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  }
  const document = parseDocument(text, { merge: true });
  document.setIn(keys, value);
  return document.toString({ lineWidth: 0 });
}

const unreadable = (why: string, line: number | null): WrittenFault => ({
  code: "unreadable",
  sentence: `The document cannot be read as YAML or JSON: ${why}.`,
  line,
});

const firstLine = (message: string): string =>
  (message.split("\n", 1)[0] ?? "").replace(/[.:]$/, "").slice(0, 200);

/** `a.b[3].c` is a, b, 3, c. */
const keysIn = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name ?? "") : Number(index),
  );
