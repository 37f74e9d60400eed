/** GetVariables (B06): one result for each question, in their order. */
import type { Listed } from "../../station/settings.ts";
import { answering201 } from "../answering.ts";
import { find } from "../variables.ts";

export const getVariables = answering201("GetVariables", ({ getVariableData }, station) => {
  const settings = station.settings();
  const getVariableResult = getVariableData.map(({ attributeType, component, variable }) => {
    const place = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const found = find(settings, component, variable);
    if (typeof found === "string") return { ...place, attributeStatus: found };
    return { ...place, ...answer(found, attributeType) };
  });
  return { payload: { getVariableResult } };
});

function answer({ value }: Listed, attributeType: string | undefined) {
  if (attributeType !== undefined && attributeType !== "Actual") {
    return { attributeStatus: "NotSupportedAttributeType" } as const;
  }
  return { attributeStatus: "Accepted", attributeValue: value } as const;
}
