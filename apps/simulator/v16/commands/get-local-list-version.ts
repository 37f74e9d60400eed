/** GetLocalListVersion (1.6 §5.10): 0 for an empty list, -1 where there is none. */
import { answering16 } from "../answering.ts";

export const getLocalListVersion = answering16("GetLocalListVersion", (_request, station) => ({
  payload: { listVersion: station.flag("localListEnabled") ? station.cards.listVersion : -1 },
}));
