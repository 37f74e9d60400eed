/** What answers to commands say of a station's variables: 1.6 §5.8, §5.3; 2.0.1 B05, B06; 2.1 the same. */

import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { placeOfKey, variableOfKey } from "../stations/configuration-keys.ts";
import { type ComponentName, pathOf, type Variable, type VariableName } from "../stations/variables.ts";

type Named = { component: ComponentName; variable: VariableName; attributeType?: string | undefined };

export const readKeys = (answer: ResponseOf<"1.6", "GetConfiguration">): Variable[] =>
  (answer.configurationKey ?? []).map(variableOfKey);

/** What was refused or is unknown says nothing of a value. */
export const readVariables = (answer: ResponseOf<"2.0.1", "GetVariables">): Variable[] =>
  answer.getVariableResult
    .filter(({ attributeStatus }) => attributeStatus === "Accepted")
    .map(({ component, variable, attributeType, attributeValue }) => ({
      ...{ component, variable },
      attribute: attributeType ?? "Actual",
      value: attributeValue ?? null,
    }));

/** A value that was set: `RebootRequired` has it stored as well (B05.FR.09). */
export function setKey(
  { key, value }: RequestOf<"1.6", "ChangeConfiguration">,
  { status }: ResponseOf<"1.6", "ChangeConfiguration">,
): Variable[] {
  const done = status === "Accepted" || status === "RebootRequired";
  return done ? [{ ...placeOfKey(key), value, key16: key }] : [];
}

/** Results name what was set, and need not come in the order that was asked (B05.FR.08). */
export function setVariables(
  { setVariableData }: RequestOf<"2.0.1", "SetVariables">,
  { setVariableResult }: ResponseOf<"2.0.1", "SetVariables">,
): Variable[] {
  const done = setVariableResult.filter(
    ({ attributeStatus }) => attributeStatus === "Accepted" || attributeStatus === "RebootRequired",
  );
  const nameOf = ({ component, variable, attributeType }: Named) =>
    pathOf({ component, variable, attribute: attributeType });
  const names = new Set(done.map(nameOf));
  return setVariableData
    .filter((asked) => names.has(nameOf(asked)))
    .map(({ component, variable, attributeType, attributeValue }) => ({
      ...{ component, variable },
      attribute: attributeType ?? "Actual",
      value: attributeValue,
    }));
}
