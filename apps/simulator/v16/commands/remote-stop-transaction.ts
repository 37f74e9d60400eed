/** RemoteStopTransaction (1.6 §5.12): only of a transaction that runs here under that id. */
import { answering16 } from "../answering.ts";

export const remoteStopTransaction = answering16("RemoteStopTransaction", ({ transactionId }, station) => {
  const agreed = station.remoteStop(transactionId);
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
