/** The Modbus guard's verdicts, pure (ADR 17). */
export * from "./policy.ts";
