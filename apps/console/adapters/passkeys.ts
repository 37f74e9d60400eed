/**
 * The browser's passkeys (WebAuthn Level 3) through `@simplewebauthn/browser`: what is expected to fail is a value, in
 * the words of sign-in/failure.ts.
 */
import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser";
import type { Data } from "../api/shapes.ts";
import type { PasskeyFailure } from "../sign-in/failure.ts";

export type PasskeyOutcome =
  | { readonly kind: "credential"; readonly credential: unknown }
  | { readonly kind: "failed"; readonly failure: PasskeyFailure };

type RegistrationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

// The options are the browser's own affair: the server's library wrote them for it, the page only hands them on.
export const createPasskey = (options: Data): Promise<PasskeyOutcome> =>
  outcomeOf(() => startRegistration({ optionsJSON: options as unknown as RegistrationOptions }));

export const askPasskey = (options: Data): Promise<PasskeyOutcome> =>
  outcomeOf(() => startAuthentication({ optionsJSON: options as unknown as AuthenticationOptions }));

async function outcomeOf(ceremony: () => Promise<unknown>): Promise<PasskeyOutcome> {
  if (typeof PublicKeyCredential === "undefined") return { kind: "failed", failure: { kind: "unsupported" } };
  try {
    return { kind: "credential", credential: await ceremony() };
  } catch (error) {
    return { kind: "failed", failure: failureOf(error) };
  }
}

function failureOf(error: unknown): PasskeyFailure {
  if (error instanceof WebAuthnError) {
    if (error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") return { kind: "already" };
    if (error.code === "ERROR_CEREMONY_ABORTED") return { kind: "cancelled" };
  }
  // Browsers give NotAllowedError for refusal and timeout alike, so that a page cannot tell them apart.
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return { kind: "cancelled" };
  if (name === "SecurityError" || name === "NotSupportedError") return { kind: "unsupported" };
  return { kind: "fault", message: error instanceof Error ? error.message : String(error) };
}
