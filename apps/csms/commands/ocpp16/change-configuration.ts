/** ChangeConfiguration (1.6 §5.3) and GetConfiguration (§5.8): the device model under its 1.6 names. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { placeOfKey } from "../../stations/configuration-keys.ts";
import { storeVariables } from "../../stations/variables.ts";
import { type Answered, type Check, firstOf } from "../route.ts";
import { objectToSetting } from "../rules/settings.ts";
import { readKeys, setKey } from "../variables.ts";

type Request = RequestOf<"1.6", "ChangeConfiguration">;

/** Asked under both names: 1.6's own, and that of the variable which it is. */
export const checkSetting: Check<Request> = async (asking) => {
  const { key, value } = asking.payload;
  const own = { component: { name: "" }, variable: { name: key } };
  return firstOf(
    asking,
    () => objectToSetting(asking, { place: own, value }),
    () => objectToSetting(asking, { place: placeOfKey(key), value }),
  );
};

export async function storeSetting(
  answered: Answered<Request, ResponseOf<"1.6", "ChangeConfiguration">>,
): Promise<void> {
  const { tx, station, payload, answer, atMs } = answered;
  await storeVariables(tx, station, setKey(payload, answer), { source: "set", atMs });
}

type Read = ResponseOf<"1.6", "GetConfiguration">;

/** Keys that it does not know are in the answer; where it knows none of those asked for, nothing was read. */
export const judgeReading = ({ configurationKey = [], unknownKey = [] }: Read) =>
  configurationKey.length === 0 && unknownKey.length > 0 ? "refused" : "accepted";

export async function storeReading(
  answered: Answered<RequestOf<"1.6", "GetConfiguration">, Read>,
): Promise<void> {
  const { tx, station, answer, atMs } = answered;
  await storeVariables(tx, station, readKeys(answer), { source: "get", atMs });
}
