/** GetLocalListVersion (D02): 0 where there is no list. */
import { answering201 } from "../answering.ts";

export const getLocalListVersion = answering201("GetLocalListVersion", (_request, { cards }) => ({
  payload: { versionNumber: cards.listVersion },
}));
