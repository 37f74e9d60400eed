/** Production adapters of the kernel's ports, on Node's own modules. */
export { systemChance } from "./chance.ts";
export { systemClock } from "./clock.ts";
export { folderDisk } from "./disk.ts";
export { jsonLog, type LogLevel } from "./log.ts";
export { EXIT_READER_GONE, isReaderGone } from "./reader-gone.ts";
