/**
 * The shape of a message for redaction, read out of the official schema once: which fields there are, and what may be
 * shown of each. Whatever a station sends beside its schema has no shape, and is not shown.
 */
import { classOf, type FieldClass } from "./fields.ts";

export type Shape =
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, Shape> }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "words"; readonly words: ReadonlySet<string> }
  /** A number or a boolean: neither is a secret. */
  | { readonly kind: "bare" }
  | { readonly kind: "instant" }
  | { readonly kind: "text"; readonly place: string; readonly shown: FieldClass | undefined };

/** As much of JSON Schema as the official files use. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
};
export type Definitions = { readonly [name: string]: Schema };

/** @param place `<Message>Request` for the whole message */
export function shapeOf(schema: Schema, definitions: Definitions, place: string): Shape {
  const { $ref, type, format, items, properties, enum: words } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return shapeOf(definitions[name] ?? {}, definitions, place);
  }
  if (words !== undefined) return { kind: "words", words: new Set(words) };
  if (items !== undefined) return { kind: "list", item: shapeOf(items, definitions, `${place}[]`) };
  if (properties !== undefined || type === "object") {
    const inner = Object.entries(properties ?? {}).map(
      ([name, field]) => [name, shapeOf(field, definitions, `${place}.${name}`)] as const,
    );
    return { kind: "object", fields: new Map(inner) };
  }
  if (type === "integer" || type === "number" || type === "boolean") return { kind: "bare" };
  if (format === "date-time") return { kind: "instant" };
  // Text, or anything at all, as DataTransfer's data.
  return { kind: "text", place, shown: classOf(place) };
}
