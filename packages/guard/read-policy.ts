/** A policy from YAML (JSON is YAML): what is wrong with it by line and path. */
import { failed, type Result } from "@wattward/kernel";
import { readYaml } from "@wattward/yaml";
import { checkPolicy } from "./check-policy.ts";
import { POLICY_CHARS_MAX } from "./limits.ts";
import type { Policy, PolicyFault } from "./policy.ts";

/** A policy repeats itself a little; text that grows a hundredfold when read is no policy. */
const ALIASES_MAX = 100;

export function readPolicy(yamlText: string): Result<Policy, readonly PolicyFault[]> {
  const read = readYaml(yamlText, { charsMax: POLICY_CHARS_MAX, aliasesMax: ALIASES_MAX, merges: false });
  if (!read.ok)
    return failed(
      read.fault.map(({ path, place, sentence }) => ({ path, sentence, line: place?.line ?? 1 })),
    );
  const checked = checkPolicy(read.value.value);
  if (checked.ok) return checked;
  return failed(
    checked.fault.map((fault) => ({ ...fault, line: read.value.placeOf(fault.path)?.line ?? 1 })),
  );
}
