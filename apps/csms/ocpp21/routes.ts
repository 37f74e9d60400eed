/**
 * The routing table of OCPP 2.1: one message, one file. What is in the specification but not here is answered
 * NotSupported, what is not even there NotImplemented (Part 4 §4.3); both in core/dispatch.ts.
 */
import type { Routes } from "../core/call.ts";

export const routes21: Routes<"2.1"> = {};
