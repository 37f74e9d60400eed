/**
 * What is known of one command of one version: the row of its routing table. A row says what its request must obey
 * beyond the schema, how its reply is judged, and what it leaves behind where the station did as it was asked.
 */
import type { ActionOf, OcppVersion, RequestOf, ResponseOf } from "@wattward/ocpp";
import type { AccessClass } from "../access/allow.ts";
import type { Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import type { OpenGroup } from "./groups.ts";

export type Stake = Exclude<AccessClass, "public" | "manage">;

/** A request before it is stored; its payload is valid by its schema. */
export type Asking<P> = {
  readonly tx: Tx;
  readonly station: Station;
  readonly payload: P;
  readonly atMs: number;
  /** A person insists. */
  readonly force: boolean;
};
/** Why it is not sent. `forceable`: what we know may be wrong, so that a person may insist. */
export type Objection = { readonly sentence: string; readonly forceable: boolean };
export type Check<P> = (asking: Asking<P>) => Promise<Objection | undefined>;

/** A request that is on its way, and one that was answered by a valid CALLRESULT, whatever its status. */
export type Sent<P> = {
  readonly tx: Tx;
  readonly station: string;
  readonly command: string;
  readonly payload: P;
  readonly atMs: number;
};
export type Answered<P, R> = Sent<P> & { readonly answer: R };

/** What a station must have for it; capabilities.ts says how one knows. */
export type Feature = "smart-charging" | "local-list" | "reservation" | "trigger" | "cache";

/**
 * How a valid reply is judged, by its status before all else (QUIRKS 36).
 *   - a list of words: the `status` that means done, or will be done; any other is a refusal;
 *   - `every`, `some`: each of the results in that list has an `attributeStatus`;
 *   - a function: where neither fits.
 */
export type Judge<R> =
  | readonly string[]
  | { readonly list: keyof R & string; readonly accepts: "every" | "some" }
  | ((answer: R) => "accepted" | "refused");

export type CommandRoute<P = never, R = never> = {
  readonly group: OpenGroup;
  readonly stake: Stake;
  readonly judge: Judge<R>;
  /** The same again does no harm: only then is it sent anew in another form, or in smaller parts. */
  readonly repeatable: boolean;
  readonly needs?: Feature;
  /** Milliseconds that its answer may take, where {@link COMMAND_ANSWER_MS_MAX} is too little. */
  readonly answerMsMax?: number;
  /** What is asked of the station in particular: it may know the action, and not this. */
  readonly variant?: (payload: P) => string;
  readonly check?: Check<P>;
  readonly sending?: (sent: Sent<P>) => Promise<void>;
  readonly store?: (answered: Answered<P, R>) => Promise<void>;
  /** It was sent, and was not done as asked, or nobody knows: what is no longer certain of the station. */
  readonly doubt?: (sent: Sent<P>) => Promise<void>;
};

/** Commands that may be sent to stations of a version. */
export type CommandRoutes<V extends OcppVersion> = {
  readonly [A in ActionOf<V>]?: CommandRoute<RequestOf<V, A>, ResponseOf<V, A>>;
};

/** What 2.0.1 and 2.1 have in common is written once, for both. */
export type Asked2<A extends string> = RequestOf<"2.0.1", A> | RequestOf<"2.1", A>;
export type Answer2<A extends string> = ResponseOf<"2.0.1", A> | ResponseOf<"2.1", A>;

/**
 * The first objection that holds: with `force`, those that may be forced do not, and the next is asked. Objections of
 * different kinds are always put together here, so that insisting on one never hides another.
 */
export async function firstOf(
  { force }: { readonly force: boolean },
  ...asked: readonly (() => Promise<Objection | undefined> | Objection | undefined)[]
): Promise<Objection | undefined> {
  for (const ask of asked) {
    const objection = await ask();
    if (objection !== undefined && !(force && objection.forceable)) return objection;
  }
  return undefined;
}

export const never = (sentence: string): Objection => ({ sentence, forceable: false });
export const unlessForced = (sentence: string): Objection => ({ sentence, forceable: true });
