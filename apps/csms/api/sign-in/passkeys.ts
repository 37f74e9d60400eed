/**
 * The two passkey ceremonies (WebAuthn Level 3 §7.1, §7.2) around `@simplewebauthn/server`: discoverable credentials,
 * user verification preferred, no attestation asked for. A failed check is a value; which check it was goes to the log
 * only, because the answer to the browser is always the same.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Chance } from "@wattward/kernel";
import type { Challenges } from "./challenges.ts";

/** ES256, EdDSA, RS256: what platforms and keys in the field make. */
const algorithms = [-7, -8, -257];
const CEREMONY_MS = 5 * 60_000;

/** Where the page runs: rpId is its host name, origin what the browser signs. */
export type Page = { readonly rpId: string; readonly origins: string[] };

/** Passkeys are bound to a host name; browsers refuse numbers. */
export function pageOf({ host, origin }: { host: string; origin: string }): Page | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(":")) return undefined;
  return { rpId: host, origins: [origin] };
}

export type Passkey = { id: string; publicKey: string; counter: number; transports: string };
export type Verified<T> =
  | { readonly kind: "verified"; readonly value: T }
  | { readonly kind: "refused"; readonly why: string };

export function registrationOptions(
  ports: { chance: Chance; challenges: Challenges },
  page: Page,
  given: { name: string; purpose: string; exclude?: readonly string[] },
) {
  return generateRegistrationOptions({
    rpName: "Wattward",
    rpID: page.rpId,
    userName: given.name,
    userID: Uint8Array.from(ports.chance.bytes(32)),
    challenge: ports.challenges.issue(given.purpose),
    timeout: CEREMONY_MS,
    attestationType: "none",
    excludeCredentials: (given.exclude ?? []).map((id) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
    supportedAlgorithmIDs: algorithms,
  });
}

export async function verifyRegistration(
  challenges: Challenges,
  page: Page,
  given: { response: RegistrationResponseJSON; purpose: string },
): Promise<Verified<Passkey>> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: given.response,
      expectedChallenge: (challenge) => challenges.redeem(given.purpose, challenge),
      expectedOrigin: page.origins,
      expectedRPID: page.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified) return { kind: "refused", why: "not verified" };
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    return {
      kind: "verified",
      value: {
        id,
        publicKey: Buffer.from(publicKey).toString("base64url"),
        counter,
        transports: JSON.stringify(transports ?? []),
      },
    };
  } catch (error) {
    // The library says by exceptions what the peer did wrong.
    return { kind: "refused", why: messageOf(error) };
  }
}

export function loginOptions(challenges: Challenges, page: Page) {
  return generateAuthenticationOptions({
    rpID: page.rpId,
    challenge: challenges.issue("login"),
    timeout: CEREMONY_MS,
    userVerification: "preferred",
  });
}

/** The value is the authenticator's new signature counter; a counter that went back is refused (a cloned key). */
export async function verifyLogin(
  challenges: Challenges,
  page: Page,
  given: {
    response: AuthenticationResponseJSON;
    passkey: { id: string; publicKey: string; counter: number };
  },
): Promise<Verified<number>> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: given.response,
      expectedChallenge: (challenge) => challenges.redeem("login", challenge),
      expectedOrigin: page.origins,
      expectedRPID: page.rpId,
      requireUserVerification: false,
      credential: {
        id: given.passkey.id,
        publicKey: new Uint8Array(Buffer.from(given.passkey.publicKey, "base64url")),
        counter: given.passkey.counter,
      },
    });
    if (!verified) return { kind: "refused", why: "not verified" };
    return { kind: "verified", value: authenticationInfo.newCounter };
  } catch (error) {
    return { kind: "refused", why: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
