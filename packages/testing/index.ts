/** What a test may use in place of the world: simulated time, network and disk; seeded chance. */
export * from "./chance.ts";
export * from "./time.ts";
