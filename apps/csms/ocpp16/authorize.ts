/** Authorize (OCPP 1.6 §4.1, §6.1): may this tag charge? Never ConcurrentTx, which only a start can be told (§7.2). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { authorise } from "../authorisation/tokens.ts";
import { type Handler, result } from "../core/call.ts";
import { maskedToken, observe } from "../core/observations.ts";
import { headOf } from "../transactions/record.ts";
import { tagInfo } from "./tag-info.ts";

export const authorize: Handler<RequestOf<"1.6", "Authorize">> = async (tx, call) => {
  const { idTag } = call.payload;
  const verdict = await authorise(tx, idTag, { atMs: call.arrivedAtMs });
  const data = { token: maskedToken(idTag), status: verdict.status };
  observe(tx, { ...headOf(call), kind: "authorisation.decided", data });
  return result<ResponseOf<"1.6", "Authorize">>({ idTagInfo: tagInfo(verdict) });
};
