/** GetLocalListVersion (1.6 §5.10): 0 is an empty list, -1 says that the station has no local list at all. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Answered } from "../route.ts";
import { keepListVersion } from "../rules/local-list.ts";

type Response = ResponseOf<"1.6", "GetLocalListVersion">;

export const judgeVersion = ({ listVersion }: Response) => (listVersion < 0 ? "refused" : "accepted");

export async function storeVersion(
  answered: Answered<RequestOf<"1.6", "GetLocalListVersion">, Response>,
): Promise<void> {
  const { tx, station, answer, atMs } = answered;
  await keepListVersion(tx, station, { version: answer.listVersion, source: "told", atMs });
}
