/** SendLocalList (2.0.1 D01) and GetLocalListVersion (D02): version 0 says that there is no list. */
import type { Answer2, Answered, Asked2, Check } from "../route.ts";
import { keepListVersion, objectToList } from "../rules/local-list.ts";

type Request = Asked2<"SendLocalList">;

/** A token is one by its text and its type. */
export const checkList: Check<Request> = (asking) => {
  const { versionNumber: version, updateType: update, localAuthorizationList = [] } = asking.payload;
  const tokens = localAuthorizationList.map(({ idToken }) => `${idToken.type} ${idToken.idToken}`);
  return objectToList(asking, { version, update, tokens });
};

export async function storeList(answered: Answered<Request, Answer2<"SendLocalList">>): Promise<void> {
  const { tx, station, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  await keepListVersion(tx, station, { version: payload.versionNumber, source: "sent", atMs });
}

export async function storeVersion(
  answered: Answered<Asked2<"GetLocalListVersion">, Answer2<"GetLocalListVersion">>,
): Promise<void> {
  const { tx, station, answer, atMs } = answered;
  await keepListVersion(tx, station, { version: answer.versionNumber, source: "told", atMs });
}
