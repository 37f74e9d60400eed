/** A policy from YAML (JSON is YAML): what is wrong with it by line and path. */
import { FAULTS_MAX, failed, type Result } from "@wattward/kernel";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { checkPolicy } from "./check-policy.ts";
import { POLICY_CHARS_MAX } from "./limits.ts";
import type { Policy, PolicyFault } from "./policy.ts";

/** A policy repeats itself a little; text that grows a hundredfold when read is no policy. */
const ALIASES_MAX = 100;

export function readPolicy(yamlText: string): Result<Policy, readonly PolicyFault[]> {
  if (yamlText.length > POLICY_CHARS_MAX)
    return failed([
      { path: "", sentence: `has ${yamlText.length} characters; at most ${POLICY_CHARS_MAX}`, line: 1 },
    ]);
  const lines = new LineCounter();
  const document = parseDocument(yamlText, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: "1.2",
  });
  const wrong = [...document.errors, ...document.warnings].slice(0, FAULTS_MAX);
  if (wrong.length > 0)
    return failed(
      wrong.map(({ message, pos }) => ({
        path: "",
        sentence: `is not YAML: ${message}`,
        line: lines.linePos(pos[0]).line,
      })),
    );
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    // Aliases beyond number, or to nothing: the library tells them by throwing.
    return failed([{ path: "", sentence: `is not YAML: ${(error as Error).message}`, line: 1 }]);
  }
  const checked = checkPolicy(data);
  if (checked.ok) return checked;
  return failed(checked.fault.map((fault) => ({ ...fault, line: lineOf(document, fault.path, lines) })));
}

/** Of the value, or of the nearest around it that the text has. */
function lineOf(document: Document, path: string, lines: LineCounter): number {
  const keys = [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? "") : Number(index),
  );
  for (; keys.length > 0; keys.pop()) {
    const node = document.getIn(keys, true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
