/** Authorize (OCPP 2.0.1 C01, C07): may this token charge? */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { answerAuthorize } from "../authorisation/id-token.ts";
import { type Handler, result } from "../core/call.ts";

export const authorize: Handler<RequestOf<"2.0.1", "Authorize">> = async (tx, call) =>
  result<ResponseOf<"2.0.1", "Authorize">>(await answerAuthorize(tx, call));
