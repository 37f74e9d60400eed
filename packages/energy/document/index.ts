/** A site's document as its author wrote it: read with the line of everything in it, the same at the central system and at commissioning. */
export { type Located, parseWritten, readWritten, type Written, type WrittenFault } from "./written.ts";
