/**
 * Ways in beside mutual TLS: dispensations, passwords, the listeners of security profiles 1 and 2, and what failed
 * authentication costs. For both ends of the route, the CSMS and a site.
 */
export { argon2Hasher, NO_ARGON2, type PasswordHasher } from "./argon2.ts";
export { BasicDoor, type BasicRefused, type BasicShown } from "./basic-door.ts";
export { BasicListeners } from "./basic-listeners.ts";
export * from "./dispensation.ts";
export { FailedAttempts } from "./failed-attempts.ts";
export { newPassword } from "./password.ts";
export { PasswordCheck } from "./password-check.ts";
export { PASSWORD_TEXT_CHARS_MAX, readPassword } from "./password-text.ts";
export { isPrivateAddress, notPrivate } from "./private-address.ts";
export { proxiesIn } from "./proxy-list.ts";
