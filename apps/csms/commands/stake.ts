/** What one request puts at stake: that of its action, or more where a setting decides who may charge (AT-C2). */
import type { Json, JsonObject } from "@wattward/kernel";
import type { Stake } from "./route.ts";
import { stakeOf } from "./routing.ts";
import { isDecisive } from "./rules/settings.ts";

/** `payload` as it was asked for: it need not be valid. */
export function stakeOfRequest(action: string, payload: JsonObject): Stake {
  const names = [payload["key"], ...itemsOf(payload["setVariableData"]).map(nameOf)];
  const settings = action === "ChangeConfiguration" || action === "SetVariables" ? names : [];
  const decisive = settings.some((name) => typeof name === "string" && isDecisive(name));
  return decisive ? "dangerous" : stakeOf(action);
}

const itemsOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
function nameOf(item: Json): Json | undefined {
  const variable = isObject(item) ? item["variable"] : undefined;
  return isObject(variable) ? variable["name"] : undefined;
}
