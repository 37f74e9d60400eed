/** ClearCache (1.6 §5.4): of the answers that the central system gave before; the local list stays. */
import { answering16 } from "../answering.ts";

export const clearCache = answering16("ClearCache", async (_request, { cards }) => ({
  payload: { status: (await cards.clearCache()) ? "Accepted" : "Rejected" },
}));
