/** What a test may use in place of the world: simulated time, network and disk; seeded chance. */
export * from "./chance.ts";
export * from "./disk.ts";
export * from "./network.ts";
export * from "./time.ts";
export type { Link } from "./wires.ts";
