/** SetVariables (2.0.1 B05) and GetVariables (B06): each variable by itself, also in its result. */
import { storeVariables } from "../../stations/variables.ts";
import { type Answer2, type Answered, type Asked2, type Check, firstOf } from "../route.ts";
import { objectToSetting } from "../rules/settings.ts";
import { readVariables, setVariables } from "../variables.ts";

type Request = Asked2<"SetVariables">;

export const checkSettings: Check<Request> = (asking) =>
  firstOf(
    asking,
    ...asking.payload.setVariableData.map(
      ({ component, variable, attributeType: attribute = "Actual", attributeValue: value }) =>
        () =>
          objectToSetting(asking, { place: { component, variable, attribute }, value }),
    ),
  );

export async function storeSettings(answered: Answered<Request, Answer2<"SetVariables">>): Promise<void> {
  const { tx, station, payload, answer, atMs } = answered;
  await storeVariables(tx, station, setVariables(payload, answer), { source: "set", atMs });
}

export async function storeReading(
  answered: Answered<Asked2<"GetVariables">, Answer2<"GetVariables">>,
): Promise<void> {
  const { tx, station, answer, atMs } = answered;
  await storeVariables(tx, station, readVariables(answer), { source: "get", atMs });
}
