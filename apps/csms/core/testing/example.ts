/** What an example of a station's message is: see examples.ts. */
import type { JsonObject } from "@wattward/kernel";
import type { ActionFrom, OcppVersion, RequestOf, StationSend } from "@wattward/ocpp";

/** What a station of that version may send, answered or not. */
export type StationMessage<V extends OcppVersion> = ActionFrom<V, "station"> | StationSend<V>;
/** A message of the station that comes first. */
export type Step = { readonly action: string; readonly payload: JsonObject };
export type Example<P> = {
  /** Sent first, in this order. */
  readonly before?: readonly Step[];
  readonly payload: P;
};
export type Examples<V extends OcppVersion> = {
  readonly [A in StationMessage<V>]: readonly [
    Example<RequestOf<V, A>>,
    ...(readonly Example<RequestOf<V, A>>[]),
  ];
};
