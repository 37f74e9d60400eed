/** RequestStopTransaction (F03): only of a transaction that runs here under that id. */
import { answering201 } from "../answering.ts";

export const requestStopTransaction = answering201("RequestStopTransaction", ({ transactionId }, station) => {
  const agreed = station.remoteStop(transactionId);
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
