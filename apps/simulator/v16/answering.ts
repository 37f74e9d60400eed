/** Commands of OCPP 1.6: what a Central System asks of a Charge Point (§5 of the specification). */
import { answering } from "../station/typed.ts";

export const answering16 = answering<"1.6">();
