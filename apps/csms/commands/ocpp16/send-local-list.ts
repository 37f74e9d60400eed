/** SendLocalList (1.6 §5.15). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Answered, Check } from "../route.ts";
import { keepListVersion, objectToList } from "../rules/local-list.ts";

type Request = RequestOf<"1.6", "SendLocalList">;

export const checkList: Check<Request> = (asking) => {
  const { listVersion: version, updateType: update, localAuthorizationList = [] } = asking.payload;
  const tokens = localAuthorizationList.map(({ idTag }) => idTag);
  return objectToList(asking, { version, update, tokens });
};

export async function storeList(
  answered: Answered<Request, ResponseOf<"1.6", "SendLocalList">>,
): Promise<void> {
  const { tx, station, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  await keepListVersion(tx, station, { version: payload.listVersion, source: "sent", atMs });
}
