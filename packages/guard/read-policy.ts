/** A policy from YAML (JSON is YAML): what is wrong with it by line and path. */
import { FAULTS_MAX, failed, type Result } from "@wattward/kernel";
import { type Alias, type Document, LineCounter, Parser, parseDocument, visit } from "yaml";
import { checkPolicy } from "./check-policy.ts";
import { POLICY_CHARS_MAX } from "./limits.ts";
import { isDeeperThan, pathAt, placeOf } from "./places.ts";
import type { Policy, PolicyFault } from "./policy.ts";

/** A policy repeats itself a little; text that grows a hundredfold when read is no policy. */
const ALIASES_MAX = 100;
/** Lists and objects in each other: a policy has six. */
const NESTING_MAX = 32;

export function readPolicy(yamlText: string): Result<Policy, readonly PolicyFault[]> {
  const whole = (sentence: string): Result<Policy, readonly PolicyFault[]> =>
    failed([{ path: "", sentence, line: 1 }]);
  if (yamlText.length > POLICY_CHARS_MAX)
    return whole(`has ${yamlText.length} characters; at most ${POLICY_CHARS_MAX}`);
  // Bytes that are no UTF-8 come as U+FFFD from every decoder.
  const broken = yamlText.indexOf("\uFFFD");
  if (broken >= 0) {
    const line = yamlText.slice(0, broken).split("\n").length;
    return failed([{ path: "", sentence: "is not UTF-8: save it as UTF-8", line }]);
  }
  if (isDeeperThan(NESTING_MAX, new Parser().parse(yamlText)))
    return whole(
      `is not YAML that is a policy: lists and objects lie more than ${NESTING_MAX} deep in each other`,
    );
  const lines = new LineCounter();
  const document = parseDocument(yamlText, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: "1.2",
  });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const wrong = [...document.errors, ...document.warnings].slice(0, FAULTS_MAX);
  if (wrong.length > 0)
    return failed(
      wrong.map(({ code, message, pos: [offset] }) => ({
        path: code === "MULTIPLE_DOCS" ? "" : pathAt(document, offset),
        sentence: known.get(code) ?? `is not YAML: ${message}`,
        line: lineAt(offset),
      })),
    );
  const alias = brokenAlias(document);
  if (alias !== undefined) {
    const [offset] = alias.range!;
    const sentence = `is *${alias.source}, and no &${alias.source} stands whole above it`;
    return failed([{ path: pathAt(document, offset), sentence, line: lineAt(offset) }]);
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    // Aliases beyond number: the library tells them by throwing.
    return whole(`stands for too much: ${(error as Error).message}; write it out, or use fewer aliases`);
  }
  const checked = checkPolicy(data);
  if (checked.ok) return checked;
  return failed(
    checked.fault.map((fault) => {
      const offset = placeOf(document, fault.path);
      return { ...fault, line: offset === undefined ? 1 : lineAt(offset) };
    }),
  );
}

/** The first alias of nothing, or of what it stands in itself. */
function brokenAlias(document: Document.Parsed): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias(_, alias) {
      const named = alias.resolve(document);
      if (named !== undefined && (named.range?.[1] ?? 0) <= alias.range![0]) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** What the library says for programs, for people. */
const known: ReadonlyMap<string, string> = new Map([
  ["DUPLICATE_KEY", "is there twice"],
  ["MULTIPLE_DOCS", "is several documents: a policy is one (take out what stands between them, ---)"],
]);
