/** The Modbus guard's verdicts, pure (ADR 17). */
export { checkPolicy } from "./check-policy.ts";
export type { CommissionedDevice, Envelope } from "./commissioned-device.ts";
export * from "./exchange.ts";
export { changes, writeSpan } from "./functions.ts";
export * from "./guard.ts";
export { type LearntPast, learntPastRule } from "./learning.ts";
export { DEVICES_MAX, POLICY_CHARS_MAX, REVERSALS_MAX } from "./limits.ts";
export { type GuardPast, guardPastRule, type Inherited } from "./past.ts";
export * from "./policy.ts";
export { policySchema } from "./policy-schema.ts";
export { readPolicy } from "./read-policy.ts";
export * from "./replay.ts";
export * from "./sunspec-policy.ts";
export * from "./verdict.ts";
export { type CaptureOptions, watchCapture } from "./watch/capture.ts";
export { type LiveRequest, LiveWatch } from "./watch/live-watch.ts";
export * from "./watch/observation.ts";
export { writePolicy } from "./write-policy.ts";
