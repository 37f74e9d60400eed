/** The Modbus guard's verdicts, pure (ADR 17). */
export * from "./exchange.ts";
export * from "./guard.ts";
export * from "./policy.ts";
export * from "./verdict.ts";
