/**
 * Types a dialect's messages by version and action: a command file sees its own request and can only answer with its
 * own response, and a call can only be made with its own payload. Nothing here runs but the two functions.
 */
import type { ActionOf, OcppVersion, RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Controls } from "./controls.ts";
import type { Command, OutCall } from "./dialect.ts";

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
    handle: (request: RequestOf<V, A>, station: Controls) => Answer<V, A> | Promise<Answer<V, A>>,
  ): readonly [A, Command] => [
    action,
    async (payload, station) => {
      // The link has checked the payload by the schema of this action.
      const { payload: answered, after } = await handle(payload as RequestOf<V, A>, station);
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
