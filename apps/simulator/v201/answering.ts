/** Commands of OCPP 2.0.1: what a CSMS asks of a Charging Station. */
import { answering } from "../station/typed.ts";

export const answering201 = answering<"2.0.1">();
