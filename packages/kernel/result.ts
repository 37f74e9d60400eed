/**
 * An expected outcome is a value: a bad peer, a refusal, an absence. Exceptions are for our own broken invariants
 * (assert) and for the environment (typed errors). See STYLE in CONTRIBUTING.md, "Errors".
 */
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Failed<E> = { readonly ok: false; readonly fault: E };
export type Result<T, E> = Ok<T> | Failed<E>;

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const failed = <E>(fault: E): Failed<E> => ({ ok: false, fault });

/** A fault that a person reads: which rule it broke (stable, for programs) and a sentence that says what to do. */
export type Fault<Code extends string = string> = { readonly code: Code; readonly sentence: string };
