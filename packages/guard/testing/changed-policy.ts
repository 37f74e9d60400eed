/** The small policy with something else in it, and what is said of that. */
import { checkPolicy } from "../check-policy.ts";
import type { PolicyFault } from "../policy.ts";
import { policyData } from "./small-policy.ts";

type Data = { [name: string]: unknown };

export function faultsOf(data: unknown): readonly PolicyFault[] {
  const checked = checkPolicy(data);
  return checked.ok ? [] : checked.fault;
}

/** The policy with what lies under a path replaced; `undefined` takes it out. */
export function changed(path: string, value: unknown): unknown {
  const data = structuredClone(policyData()) as unknown;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  let at = data as Data;
  for (const key of keys.slice(0, -1)) at = at[key] as Data;
  if (value === undefined) delete at[keys.at(-1) ?? ""];
  else at[keys.at(-1) ?? ""] = value;
  return data;
}
