/** SetVariables (B05): each is set by itself, in their order; one that fails stops no other. */
import type { Controls } from "../../station/controls.ts";
import { tooLong, tooMany } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";
import { deviceModel, type Entry, find } from "../variables.ts";

export const setVariables = answering201("SetVariables", async (request, station) => {
  const { setVariableData } = request;
  const refused =
    tooMany(setVariableData.length, station.number("setVariablesMax"), "variables") ??
    tooLong(request, station.number("setVariablesBytesMax"));
  if (refused !== undefined) return refused;
  const setVariableResult = [];
  for (const { attributeType, attributeValue, component, variable } of setVariableData) {
    const place = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const found = find(deviceModel(station), component, variable);
    const attributeStatus =
      typeof found === "string" ? found : await set(station, found, attributeType, attributeValue);
    setVariableResult.push({ ...place, attributeStatus });
  }
  return { payload: { setVariableResult } };
});

async function set(
  station: Controls,
  { setting }: Entry,
  attributeType: string | undefined,
  value: string,
): Promise<"Accepted" | "Rejected" | "NotSupportedAttributeType"> {
  if (attributeType !== undefined && attributeType !== "Actual") return "NotSupportedAttributeType";
  if (setting === undefined) return "Rejected";
  return (await station.set(setting, value)) === "accepted" ? "Accepted" : "Rejected";
}
