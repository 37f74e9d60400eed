/** Authorize (OCPP 2.0.1 C01): may this token charge? Contract certificates (C07) are not served: no status for them. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { maskedToken, observe } from "../core/observations.ts";
import { headOf } from "../transactions/record.ts";
import { authoriseIdToken, tokenInfo } from "./token-info.ts";

export const authorize: Handler<RequestOf<"2.0.1", "Authorize">> = async (tx, call) => {
  const { idToken } = call.payload;
  const verdict = await authoriseIdToken(tx, idToken, { atMs: call.arrivedAtMs });
  const data = { token: maskedToken(idToken.idToken), status: verdict.status };
  observe(tx, { ...headOf(call), kind: "authorisation.decided", data });
  return result<ResponseOf<"2.0.1", "Authorize">>({ idTokenInfo: tokenInfo(verdict) });
};
