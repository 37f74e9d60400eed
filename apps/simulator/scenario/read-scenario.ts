/**
 * The text of a scenario, YAML 1.2 or JSON (which is YAML), held against its shape. What is wrong comes back as faults
 * with the line and column where it stands and a path to it; nothing is guessed and nothing passed over.
 */
import { failed, ok, type Result, shown } from "@wattward/kernel";
import type { TSchema } from "typebox";
import { Errors } from "typebox/value";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import { type ScenarioWords, scenarioShape } from "./shape.ts";

/** Where it is and what it should be. `line` and `column` count from 1. */
export type ScenarioFault = {
  readonly line: number;
  readonly column: number;
  /** As people write it: `stations[0].maxKw`; "" is the whole. */
  readonly path: string;
  readonly sentence: string;
};

export type Scenario = {
  readonly words: ScenarioWords;
  /** A fault at a place in the file, for what only shows when its parts are put together. */
  at(path: readonly (string | number)[], sentence: string): ScenarioFault;
};

/** A longer scenario is a file of another kind. */
export const SCENARIO_CHARS_MAX = 4_194_304;
/** Faults that are named at once. */
const FAULTS_MAX = 20;
/** Times that one anchor may stand for another's content: enough for defaults, too few for a bomb. */
const ALIASES_MAX = 100;
/** Brackets and indents within each other; the shape needs five. */
const DEPTH_MAX = 32;

export function readScenario(text: string): Result<Scenario, ScenarioFault[]> {
  const whole = (sentence: string) => failed([{ line: 1, column: 1, path: "", sentence }]);
  if (text.length > SCENARIO_CHARS_MAX) return whole(`it is longer than ${SCENARIO_CHARS_MAX} characters.`);
  if (tooDeep(text)) return whole(`brackets stand more than ${DEPTH_MAX} deep.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  if (document.errors.length > 0) {
    return failed(
      document.errors.slice(0, FAULTS_MAX).map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { line, column: col, path: "", sentence: `${message.replace(/\.?\s*$/, "")}.` };
      }),
    );
  }
  const words = plain(document);
  if (typeof words === "string") return whole(words);
  const at = (path: readonly (string | number)[], sentence: string): ScenarioFault => ({
    ...placeOf(document, lines, path),
    path: pathSaid(path),
    sentence,
  });
  const faults = faultsOf(words.value).map(({ path, sentence }) => at(path, sentence));
  if (faults.length > 0) return failed(faults.slice(0, FAULTS_MAX));
  return ok({ words: words.value as ScenarioWords, at });
}

function plain(document: Document): { value: unknown } | string {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown };
  } catch (error) {
    // The one thing that it throws for: aliases that multiply (`ReferenceError: Excessive alias count`).
    return `${shown((error as Error).message, 120)}.`;
  }
}

/** Before the parser, which goes as deep as the text does. Brackets in texts are counted too: nobody has 32 of them. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    if (depth > DEPTH_MAX) return true;
  }
  return /^( *- ){32}/m.test(text);
}

type Found = { readonly path: readonly (string | number)[]; readonly sentence: string };

/** What is wrong with the words, the first fault of each place. */
export function faultsOf(words: unknown, shape: TSchema = scenarioShape): Found[] {
  if (typeof words !== "object" || words === null || Array.isArray(words)) {
    return [
      { path: [], sentence: "a scenario is a table of names and values: 'stations:', 'cars:', 'faults:' …" },
    ];
  }
  const byPlace = new Map<string, Found>();
  const add = (found: Found) => {
    const key = found.path.join("/");
    if (!byPlace.has(key)) byPlace.set(key, found);
  };
  for (const error of Errors(shape, words)) {
    const path = error.instancePath
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const params = error.params as { requiredProperties?: string[]; additionalProperties?: string[] };
    if (error.keyword === "required") {
      for (const name of params.requiredProperties ?? []) add({ path, sentence: `'${name}' is missing.` });
    } else if (error.keyword === "additionalProperties") {
      const known = Object.keys(schemaAt(shape, path)?.properties ?? {}).join(", ");
      for (const name of params.additionalProperties ?? []) {
        add({ path: [...path, name], sentence: `there is no '${shown(name)}' here; there are ${known}.` });
      }
    } else if (error.keyword !== "boolean") add({ path, sentence: sentenceFor(shape, words, path) });
  }
  return [...byPlace.values()];
}

function sentenceFor(shape: TSchema, words: unknown, path: readonly string[]): string {
  const description = schemaAt(shape, path)?.description ?? "something else";
  const value = path.reduce<unknown>(
    (at, part) => (at as { [part: string]: unknown } | undefined)?.[part],
    words,
  );
  const given = Array.isArray(value)
    ? `a list of ${value.length}`
    : shown(JSON.stringify(value) ?? "nothing", 60);
  return `this is ${description}; ${given} is not.`;
}

type Node = TSchema & { properties?: Record<string, Node>; items?: Node; description?: string };

function schemaAt(shape: TSchema, path: readonly (string | number)[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (node, part) => (node?.items === undefined ? node?.properties?.[String(part)] : node.items),
    shape as Node,
  );
}

/** Of what stands at the path, or of the nearest thing around it that is there. For a name that is not known: the name. */
function placeOf(document: Document, lines: LineCounter, path: readonly (string | number)[]) {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? undefined : document.getIn(path.slice(0, length - 1), true);
    const last = String(path[length - 1]);
    const key = isMap(parent) ? parent.items.find((pair) => String(pair.key) === last)?.key : undefined;
    const node = isNode(key) ? key : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || node.range == null) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}

const pathSaid = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (said, part) =>
      /^\d+$/.test(String(part))
        ? `${said}[${part}]`
        : `${said === "" ? "" : `${said}.`}${shown(String(part))}`,
    "",
  );
