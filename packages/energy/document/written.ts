/**
 * A document as text, YAML or JSON: its value, and the line on which a path of it stands, so that a fault can be shown where it was
 * written. Text of people: keys twice, unknown tags, aliases of nothing or without end, depth without end, other than UTF-8 are faults
 * like any other. Whatever the text is, there is an answer and nothing is thrown.
 *
 *     path   energy.site.fuses[1].ratedMa
 */
import { type DocumentFault, type Fault, failed, ok, type Result } from "@wattward/kernel";
import {
  type Document,
  type ErrorCode,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import { DOCUMENT_ALIASES_MAX, DOCUMENT_CHARS_MAX } from "../limits.ts";
import { aliasFault, tooManyAliasesAt } from "./alias-fault.ts";

/** `line` counts from 1; null where the fault is on none. */
export type WrittenFault = Fault<"too-long" | "unreadable"> & { readonly line: number | null };
/** A fault with its line, and, where it is about a value, with what stands there. */
export type Located = DocumentFault & { readonly line: number | null };
export type Written = {
  readonly value: unknown;
  /** Of what stands there, or else of the nearest thing around it. */
  lineOf(path: string): number | null;
  located(fault: DocumentFault): Located;
};

const SHOWN_CHARS_MAX = 40;
const SENTENCE_CHARS_MAX = 200;

/** What the library says to programmers, for authors. */
const sentences: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: "it has several documents: leave one, and take out the '---' between them",
  NON_STRING_KEY: "a list or an object stands as the name of something",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
};

/** As every reader of a document parses it. To be called by itself on what was read without a fault. */
export const parseWritten = (text: string, lineCounter?: LineCounter): Document.Parsed =>
  parseDocument(text, {
    ...{ prettyErrors: false, merge: true, stringKeys: true },
    ...(lineCounter !== undefined && { lineCounter }),
  });

/** The fault is its author's. */
export function readWritten(text: string): Result<Written, WrittenFault> {
  if (text.length > DOCUMENT_CHARS_MAX) {
    const sentence = `The document has ${text.length} characters, over ${DOCUMENT_CHARS_MAX}.`;
    return failed({ code: "too-long", sentence, line: null });
  }
  const bytes = bytesFault(text);
  if (bytes !== undefined) return failed(bytes);
  const lines = new LineCounter();
  const lineAt = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset).line);
  let document: Document.Parsed | undefined;
  try {
    document = parseWritten(text, lines);
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) return failed(unreadable(sentenceOf(wrong), lineAt(wrong.pos[0])));
    const alias = aliasFault(document);
    if (alias !== undefined) return failed(unreadable(alias.sentence, lineAt(alias.offset)));
    const value: unknown = document.toJS({ maxAliasCount: DOCUMENT_ALIASES_MAX });
    if (value === null || value === undefined)
      return failed({ code: "unreadable", sentence: "The document is empty.", line: null });
    return ok(writtenOf(document, value, lineAt));
  } catch (error) {
    // The library says by throwing what it cannot make a value of; no text is our fault.
    if (error instanceof RangeError) return failed(unreadable("it is nested too deeply", null));
    if (document !== undefined && error instanceof ReferenceError)
      return failed(
        unreadable(
          `its aliases stand for too much, over ${DOCUMENT_ALIASES_MAX} times`,
          lineAt(tooManyAliasesAt(document, DOCUMENT_ALIASES_MAX)),
        ),
      );
    return failed(unreadable(firstLine((error as Error).message), null));
  }
}

function writtenOf(document: Document, value: unknown, lineAt: (offset: number) => number | null): Written {
  const lineOf = (path: string): number | null => {
    for (let keys = keysIn(path); ; keys = keys.slice(0, -1)) {
      const node = keys.length === 0 ? document.contents : document.getIn(keys, true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
      if (keys.length === 0) return null;
    }
  };
  const located = ({ path, sentence }: DocumentFault): Located => {
    const node =
      path === "" || !/^is (not|no|none) /.test(sentence) ? undefined : document.getIn(keysIn(path), true);
    const shown = isScalar(node) ? `, but '${shownOf(node.source ?? String(node.value))}'` : "";
    return { path, sentence: `${sentence}${shown}`, line: lineOf(path) };
  };
  return { value, lineOf, located };
}

/** Bytes that are no UTF-8 come as U+FFFD from every decoder, UTF-16 as zeros between its letters. */
function bytesFault(text: string): WrittenFault | undefined {
  const at = text.search(/[\uFFFD\0]/);
  if (at < 0) return undefined;
  const isUtf16 = text.includes("\0");
  return {
    code: "unreadable",
    sentence: `The document is not in UTF-8${isUtf16 ? ", but in UTF-16" : ""}: save it as UTF-8.`,
    line: isUtf16 ? null : text.slice(0, at).split("\n").length,
  };
}

const unreadable = (why: string, line: number | null): WrittenFault => ({
  code: "unreadable",
  sentence: `The document cannot be read as YAML or JSON: ${why}.`,
  line,
});

const sentenceOf = ({ code, message }: YAMLError): string => sentences[code] ?? firstLine(message);

const firstLine = (message: string): string =>
  (message.split("\n", 1)[0] ?? "").replace(/[.:]$/, "").slice(0, SENTENCE_CHARS_MAX);

/** On one line, and nothing that moves a terminal's cursor. */
const shownOf = (source: string): string => {
  const plain = source.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
  return plain.length > SHOWN_CHARS_MAX ? `${plain.slice(0, SHOWN_CHARS_MAX)}…` : plain;
};

/** `a.b[3].c` is a, b, 3, c. */
const keysIn = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name ?? "") : Number(index),
  );
