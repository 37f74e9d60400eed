/** GetTransactionStatus (E14): does it go on, and are messages of it still on their way? */
import { answering201 } from "../answering.ts";

export const getTransactionStatus = answering201("GetTransactionStatus", ({ transactionId }, station) => {
  const messagesInQueue = station.waits(transactionId);
  if (transactionId === undefined) return { payload: { messagesInQueue } };
  return { payload: { ongoingIndicator: station.evseOf(transactionId) !== undefined, messagesInQueue } };
});
