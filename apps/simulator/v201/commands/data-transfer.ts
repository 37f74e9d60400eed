/** DataTransfer (P01): this station has no vendor's extension. */
import { answering201 } from "../answering.ts";

export const dataTransfer = answering201("DataTransfer", () => ({ payload: { status: "UnknownVendorId" } }));
