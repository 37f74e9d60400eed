/**
 * Actions and the types of their payloads, by version. `RequestOf<"1.6", "StartTransaction">` is the payload of that
 * CALL, `ResponseOf` of its CALLRESULT; an action that is only known at run time gives a plain JSON object.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { type Messages16, senders16 } from "./messages-1.6.ts";
import { type Messages201, senders201 } from "./messages-2.0.1.ts";
import { type Messages21, senders21, sends21 } from "./messages-2.1.ts";
import type { OcppVersion, Side } from "./version.ts";

export type Messages = {
  readonly "1.6": Messages16;
  readonly "2.0.1": Messages201;
  readonly "2.1": Messages21;
};
/** Every action of a version, whoever sends it. */
export type ActionOf<V extends OcppVersion> = keyof Messages[V] & string;

export type RequestOf<V extends OcppVersion, A extends string> = Part<V, A, 0>;
export type ResponseOf<V extends OcppVersion, A extends string> = Part<V, A, 1>;

type Part<V extends OcppVersion, A extends string, I extends 0 | 1> = A extends keyof Messages[V]
  ? Messages[V][A] extends readonly [infer Request, infer Response]
    ? Plain<[Request, Response][I]>
    : never
  : JsonObject;

/** The generated interfaces as plain read-only data, so that a payload is a {@link JsonObject}. */
type Plain<T> = unknown extends T
  ? Json
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Plain<T[K]> }
      : T;

const senders: Readonly<Record<OcppVersion, Readonly<Record<string, Side | "both">>>> = {
  "1.6": senders16,
  "2.0.1": senders201,
  "2.1": senders21,
};

const byVersion = (version: OcppVersion): Readonly<Record<Side, ReadonlySet<string>>> => ({
  station: actionsOf(version, "station"),
  csms: actionsOf(version, "csms"),
});
const actionsOf = (version: OcppVersion, side: Side): ReadonlySet<string> =>
  new Set(
    Object.entries(senders[version])
      .filter(([, sender]) => sender === side || sender === "both")
      .map(([action]) => action),
  );
const actions: Readonly<Record<OcppVersion, Readonly<Record<Side, ReadonlySet<string>>>>> = {
  "1.6": byVersion("1.6"),
  "2.0.1": byVersion("2.0.1"),
  "2.1": byVersion("2.1"),
};

type Senders = {
  readonly "1.6": typeof senders16;
  readonly "2.0.1": typeof senders201;
  readonly "2.1": typeof senders21;
};
/** What `S` may send as a CALL, as a type: a routing table that lacks one does not compile. */
export type ActionFrom<V extends OcppVersion, S extends Side> = {
  [A in keyof Senders[V]]: Senders[V][A] extends S | "both" ? A : never;
}[keyof Senders[V]] &
  string;
/** What a station may send as a SEND. */
export type StationSend<V extends OcppVersion> = V extends "2.1" ? keyof typeof sends21 : never;

/** What `sender` may send as a CALL. */
export const actionsFrom = (version: OcppVersion, sender: Side): ReadonlySet<string> =>
  actions[version][sender];

const noSends: ReadonlySet<string> = new Set();
const sends: ReadonlySet<string> = new Set(Object.keys(sends21));

/** What `sender` may send as a SEND, which nobody answers; only 2.1 has them (Part 4 §4.2.4). */
export const sendsFrom = (version: OcppVersion, sender: Side): ReadonlySet<string> =>
  version === "2.1" && sender === "station" ? sends : noSends;
