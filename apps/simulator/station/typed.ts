/**
 * Types a dialect's messages by version and action: a command file sees its own request and can only answer with its
 * own response, and a call can only be made with its own payload. Nothing here runs but the two functions.
 */
import type { ActionOf, ErrorCode, OcppVersion, RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Controls } from "./controls.ts";
import type { Command, OutCall } from "./dialect.ts";

/** A command that is refused by a CALLERROR: not for what it asks, but for how. */
export type Refused = { readonly code: ErrorCode; readonly description: string };

/** More of something than this station takes in one message (B05.FR.11, B06.FR.16, D01.FR.11). */
export const tooMany = (asked: number, most: number, of: string): Refused | undefined =>
  asked <= most
    ? undefined
    : {
        code: "OccurrenceConstraintViolation",
        description: `${asked} ${of}, at most ${most} in one message`,
      };

/** A longer message than this station takes (BytesPerMessage; B06.FR.17). */
export const tooLong = (request: object, most: number): Refused | undefined => {
  const bytes = Buffer.byteLength(JSON.stringify(request));
  return bytes <= most
    ? undefined
    : { code: "FormatViolation", description: `${bytes} bytes, at most ${most} in one message` };
};

/** An answer, and what begins once it has been sent. */
export type Answer<V extends OcppVersion, A extends string> = {
  readonly payload: ResponseOf<V, A>;
  after?(): void;
};

/** `answering<"1.6">()("Reset", (request, station) => …)` is a row of that version's table of commands. */
export const answering =
  <V extends OcppVersion>() =>
  <A extends ActionOf<V>>(
    action: A,
    handle: (
      request: RequestOf<V, A>,
      station: Controls,
    ) => Answer<V, A> | Refused | Promise<Answer<V, A> | Refused>,
  ): readonly [A, Command] => [
    action,
    async (payload, station) => {
      // The link has checked the payload by the schema of this action.
      const answer = await handle(payload as RequestOf<V, A>, station);
      if ("code" in answer) return { kind: "error", ...answer };
      const { payload: answered, after } = answer;
      const reply = { kind: "result", payload: answered as OutCall["payload"] } as const;
      return after === undefined ? reply : { ...reply, after };
    },
  ];

/** `calling<"1.6">()("Heartbeat", {})`. */
export const calling =
  <V extends OcppVersion>() =>
  <A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>): OutCall => ({
    action,
    payload: payload as OutCall["payload"],
  });
