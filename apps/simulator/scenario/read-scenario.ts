/**
 * The text of a scenario, YAML 1.2 or JSON (which is YAML), held against its shape. What is wrong comes back as faults
 * with the line and column where it stands and a path to it; nothing is guessed and nothing passed over.
 */
import { failed, ok, type Result, shown } from "@wattward/kernel";
import { readYaml } from "@wattward/yaml";
import type { TSchema } from "typebox";
import { Errors } from "typebox/value";
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
/** Enough for defaults, too few for a bomb. */
const ALIASES_MAX = 100;
const START = { line: 1, column: 1 };

export function readScenario(text: string): Result<Scenario, ScenarioFault[]> {
  const read = readYaml(text, { charsMax: SCENARIO_CHARS_MAX, aliasesMax: ALIASES_MAX, merges: false });
  if (!read.ok)
    return failed(
      read.fault.map(({ path, place = START, sentence }) => ({
        ...place,
        ...{ path, sentence: `${path === "" ? "it " : ""}${sentence}.` },
      })),
    );
  const { placeOf, value } = read.value;
  const at = (path: readonly (string | number)[], sentence: string): ScenarioFault => {
    const said = pathSaid(path);
    return { ...(placeOf(said) ?? START), path: said, sentence };
  };
  const faults = faultsOf(value).map(({ path, sentence }) => at(path, sentence));
  if (faults.length > 0) return failed(faults.slice(0, FAULTS_MAX));
  return ok({ words: value as ScenarioWords, at });
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

const pathSaid = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (said, part) =>
      /^\d+$/.test(String(part))
        ? `${said}[${part}]`
        : `${said === "" ? "" : `${said}.`}${shown(String(part))}`,
    "",
  );
