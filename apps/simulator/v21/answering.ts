/** Commands of OCPP 2.1 that 2.0.1 has not: what a CSMS asks of a Charging Station (Part 2). */
import { answering } from "../station/typed.ts";

export const answering21 = answering<"2.1">();
