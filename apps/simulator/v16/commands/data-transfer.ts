/** DataTransfer (1.6 §5.6): this station has no vendor's extension. */
import { answering16 } from "../answering.ts";

export const dataTransfer = answering16("DataTransfer", () => ({ payload: { status: "UnknownVendorId" } }));
