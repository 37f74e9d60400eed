/** GetVariables (B06): one result for each question, in their order; too many or too long a message is refused whole. */
import { tooLong, tooMany } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";
import { deviceModel, type Entry, find } from "../variables.ts";

export const getVariables = answering201("GetVariables", (request, station) => {
  const { getVariableData } = request;
  const refused =
    tooMany(getVariableData.length, station.number("getVariablesMax"), "variables") ??
    tooLong(request, station.number("getVariablesBytesMax"));
  if (refused !== undefined) return refused;
  const model = deviceModel(station);
  const getVariableResult = getVariableData.map(({ attributeType, component, variable }) => {
    const place = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const found = find(model, component, variable);
    if (typeof found === "string") return { ...place, attributeStatus: found };
    return { ...place, ...answer(found, attributeType) };
  });
  return { payload: { getVariableResult } };
});

function answer({ value }: Entry, attributeType: string | undefined) {
  if (attributeType !== undefined && attributeType !== "Actual") {
    return { attributeStatus: "NotSupportedAttributeType" } as const;
  }
  return { attributeStatus: "Accepted", attributeValue: value } as const;
}
