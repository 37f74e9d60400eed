/** The Modbus guard's policy of a site document: its own, or that of its devices as they were commissioned. */
import type { Policy } from "@wattward/guard";
import { failed, type Result } from "@wattward/kernel";
import type { SiteDocument } from "./site-document.ts";

export type PolicyFault = { readonly path: string; readonly sentence: string };

export function checkPolicy(_data: unknown): Result<Policy, readonly PolicyFault[]> {
  return failed([
    { path: "", sentence: "cannot be checked by this version: describe the devices in 'modbus'" },
  ]);
}

/** Undefined where the document has neither: then nothing passes the guard. */
export function guardPolicyOf({ guard }: SiteDocument): Policy | undefined {
  return guard;
}
