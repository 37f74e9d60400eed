/** The ground everything stands on: ids, units, results, time, limits, ports. Imports nothing. */
export * from "./address.ts";
export * from "./brand.ts";
export * from "./chance.ts";
export * from "./clock.ts";
export * from "./date-time.ts";
export * from "./dial-in-turn.ts";
export * from "./disk.ts";
export * from "./document-reader.ts";
export * from "./ids.ts";
export * from "./json.ts";
export * from "./log.ts";
export * from "./rate.ts";
export * from "./result.ts";
export * from "./units.ts";
export * from "./wire.ts";
