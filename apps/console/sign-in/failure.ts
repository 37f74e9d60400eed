/** Why a passkey did not open the door, and the sentence that tells what to do. */
import { ApiProblem } from "../api/problem.ts";
import { words } from "../strings/en.ts";

export type PasskeyFailure =
  | { readonly kind: "cancelled" | "unsupported" | "already" }
  | { readonly kind: "fault"; readonly message: string };

export function sentenceOfFailure(failure: PasskeyFailure): string {
  const say = words.signIn.failure;
  return failure.kind === "fault" ? say.fault(failure.message) : say[failure.kind];
}

/** A refusal at sign-in means that the passkey is not known; all else is the API's own sentence. */
export function signInSentence(error: unknown, sentenceOf: (error: unknown) => string): string {
  const refused = error instanceof ApiProblem && error.code === "sign-in-refused";
  return refused ? words.signIn.failure.unknownPasskey : sentenceOf(error);
}
