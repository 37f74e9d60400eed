/** How a schema of the API is made: named once, referred to by its name, and held against the type that it stands for. */
import type { JsonObject } from "@wattward/kernel";
import { type Static, type TSchema, Type } from "typebox";

/** A schema with a name of its own in the OpenAPI document. */
export type Shape<T extends TSchema = TSchema> = T & { readonly $id: string };

/** All named schemas, in order of definition: what the server registers. */
export const shapes: Shape[] = [];

/** Names a schema; to be called while modules load, before the server is made. */
export function shape<T extends TSchema>(name: string, schema: T): Shape<T> {
  const named = { $id: name, ...schema } as Shape<T>;
  shapes.push(named);
  return named;
}

/** Refers to a shape by its name, and keeps its static type. */
export const ref = <T extends TSchema>(to: Shape<T>) =>
  Type.Unsafe<Frozen<Static<T>>>({ $ref: `${to.$id}#` });

/** Many of a shape, as one answer. */
export const listOf = <T extends TSchema>(of: Shape<T>) =>
  Type.Unsafe<readonly Frozen<Static<T>>[]>(Type.Array(ref(of)));

/** Of an object that has nothing else. */
export const closed = { additionalProperties: false } as const;
export const jsonObjectOrNull = (description?: string) =>
  Type.Unsafe<JsonObject | null>({
    type: ["object", "null"],
    additionalProperties: true,
    ...(description !== undefined && { description }),
  });
export const integerOrNull = (description?: string) =>
  Type.Unsafe<number | null>({
    type: ["integer", "null"],
    ...(description !== undefined && { description }),
  });
export const textOrNull = (description?: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], ...(description !== undefined && { description }) });
export const jsonObject = (description: string) =>
  Type.Unsafe<JsonObject>({ type: "object", additionalProperties: true, description });

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
/** `true` where the two are one type, however deep. */
export type Same<A, B> = [Frozen<A>] extends [Frozen<B>]
  ? [Frozen<B>] extends [Frozen<A>]
    ? true
    : false
  : false;
