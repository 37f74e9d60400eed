/** SetVariables (B05): each is set by itself, in their order; one that fails stops no other. */
import type { Controls } from "../../station/controls.ts";
import type { Listed } from "../../station/settings.ts";
import { answering201 } from "../answering.ts";
import { find } from "../variables.ts";

export const setVariables = answering201("SetVariables", async ({ setVariableData }, station) => {
  const setVariableResult = [];
  for (const { attributeType, attributeValue, component, variable } of setVariableData) {
    const place = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const found = find(station.settings(), component, variable);
    const attributeStatus =
      typeof found === "string" ? found : await set(station, found, attributeType, attributeValue);
    setVariableResult.push({ ...place, attributeStatus });
  }
  return { payload: { setVariableResult } };
});

async function set(station: Controls, { name }: Listed, attributeType: string | undefined, value: string) {
  if (attributeType !== undefined && attributeType !== "Actual") return "NotSupportedAttributeType" as const;
  return (await station.set(name, value)) === "accepted" ? ("Accepted" as const) : ("Rejected" as const);
}
