/** ClearCache (C11): of the answers that the central system gave before; the local list stays. */
import { answering201 } from "../answering.ts";

export const clearCache = answering201("ClearCache", async (_request, { cards }) => ({
  payload: { status: (await cards.clearCache()) ? "Accepted" : "Rejected" },
}));
