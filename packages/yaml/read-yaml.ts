/**
 * YAML 1.2 that a person wrote, or JSON, which is YAML: its value, and where each part of it stands. What would hide something or never end
 * is a fault like any other: names twice, unknown tags, several documents, aliases of nothing or without end, depth without end, bytes that are no
 * UTF-8. Whatever the text is, there is an answer and nothing is thrown.
 */
import { FAULTS_MAX, failed, ok, type Result } from "@wattward/kernel";
import {
  type Document,
  type ErrorCode,
  isScalar,
  LineCounter,
  Parser,
  parseDocument,
  type YAMLError,
} from "yaml";
import { aliasFault, tooManyAliasesAt } from "./alias-fault.ts";
import { namesTwiceAt } from "./names-twice.ts";
import { isDeeperThan, pathAt, placeOf } from "./places.ts";

export type YamlRules = {
  /** UTF-16 units. */
  readonly charsMax: number;
  /** How often an alias may stand for something, those in what it stands for with it. */
  readonly aliasesMax: number;
  /** `<<` takes in what another object has. */
  readonly merges: boolean;
};

/** Both count from 1. */
export type Place = { readonly line: number; readonly column: number };

/** The author's. */
export type YamlFault = {
  readonly kind: "too-long" | "encoding" | "unreadable";
  /** As people write it, `rules[2].min`; "": the whole text. */
  readonly path: string;
  /** Said of the path, or of the text: `is there twice`. No full stop. */
  readonly sentence: string;
  /** Absent where it is at no place of its own. */
  readonly place?: Place;
};

export type YamlText = {
  readonly value: unknown;
  /** Of the name or item that a path ends with, or of the nearest around it that the text has; behind an alias, where that was written. */
  placeOf(path: string): Place | undefined;
  /** What stands at a path, as it was written; undefined where that is no single value. */
  sourceAt(path: string): string | undefined;
};

/** Lists and objects in each other: nothing that is read here has ten. */
const NESTING_MAX = 32;
const MESSAGE_CHARS_MAX = 200;

/** To be called by itself on what was read without a fault, to write it anew. */
export const parseYaml = (
  text: string,
  { merges }: Pick<YamlRules, "merges">,
  lineCounter?: LineCounter,
): Document.Parsed =>
  parseDocument(text, {
    ...{ prettyErrors: false, merge: merges, stringKeys: true, uniqueKeys: false, version: "1.2" },
    ...(lineCounter !== undefined && { lineCounter }),
  });

/** At least one fault where there is any, and no more than `FAULTS_MAX`. */
export function readYaml(text: string, rules: YamlRules): Result<YamlText, readonly YamlFault[]> {
  const { aliasesMax, charsMax } = rules;
  const one = (fault: Omit<YamlFault, "path"> & { readonly path?: string }) =>
    failed([{ path: "", ...fault }]);
  if (text.length > charsMax)
    return one({ kind: "too-long", sentence: `is longer than ${charsMax} characters` });
  const bytes = bytesFault(text);
  if (bytes !== undefined) return one(bytes);
  if (isDeeperThan(NESTING_MAX, new Parser().parse(text)))
    return one({ kind: "unreadable", sentence: `is nested too deeply, more than ${NESTING_MAX} times` });

  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { col, line } = lines.linePos(offset);
    return { line, column: col };
  };
  const document = parseYaml(text, rules, lines);
  const faultAt = (offset: number, sentence: string, path = pathAt(document, offset)): YamlFault => ({
    ...{ kind: "unreadable", path, sentence, place: placeAt(offset) },
  });
  const wrong = [...document.errors, ...document.warnings].slice(0, FAULTS_MAX);
  if (wrong.length > 0)
    return failed(
      wrong.map((error) =>
        faultAt(error.pos[0], sentenceOf(error), error.code === "MULTIPLE_DOCS" ? "" : undefined),
      ),
    );
  const twice = namesTwiceAt(document, FAULTS_MAX);
  if (twice.length > 0) return failed(twice.map((offset) => faultAt(offset, "is there twice")));
  const alias = aliasFault(document, rules);
  if (alias !== undefined) return failed([faultAt(alias.offset, alias.sentence)]);
  const offset = tooManyAliasesAt(document, aliasesMax);
  if (offset !== undefined)
    return failed([
      faultAt(offset, `is an alias too many: they stand for too much, over ${aliasesMax} times`),
    ]);
  return ok({
    // Its aliases were counted.
    value: document.toJS({ maxAliasCount: -1 }),
    placeOf(path) {
      const at = placeOf(document, path).offset;
      return at === undefined ? undefined : placeAt(at);
    },
    sourceAt(path) {
      const { node } = placeOf(document, path);
      return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    },
  });
}

/** Bytes that are no UTF-8 come as U+FFFD from every decoder, UTF-16 as zeros between its letters; a few zeros are damage. */
function bytesFault(text: string): Omit<YamlFault, "path"> | undefined {
  const at = text.search(/[\uFFFD\0]/);
  if (at < 0) return undefined;
  if (text.split("\0").length > text.length / 4)
    return { kind: "encoding", sentence: "is not in UTF-8, but in UTF-16: save it as UTF-8" };
  const before = text.slice(0, at).split("\n");
  const place = { line: before.length, column: before.at(-1)!.length + 1 };
  const isZero = text[at] === "\0";
  const sentence = isZero ? "has a zero byte here: it is damaged" : "is not in UTF-8: save it as UTF-8";
  return { kind: "encoding", sentence, place };
}

/** What the library says to programmers, for authors. */
const sentences: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: "is several documents: leave one, and take out the '---' between them",
  NON_STRING_KEY: "has a list or an object as the name of something",
};

const sentenceOf = ({ code, message }: YAMLError): string =>
  sentences[code] ??
  `is not YAML: ${(message.split("\n", 1)[0] ?? "").replace(/[.:]$/, "").slice(0, MESSAGE_CHARS_MAX)}`;
