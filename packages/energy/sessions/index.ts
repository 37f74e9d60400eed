/** Charging sessions as a file: what forecasts are given as history, what benchmarks and simulated scenarios replay. */
export * from "./csv.ts";
export * from "./read-sessions.ts";
