export { type FrameContext, type RedactedFrame, redactedFrame } from "./frame.ts";
export { type About, type MessagePart, redacted, withoutCredentials } from "./redact.ts";
export { maySettingBeShown, soundsLikeASecret } from "./settings.ts";
