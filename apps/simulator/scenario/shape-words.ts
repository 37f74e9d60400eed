/**
 * What the forms of files are made of. Each word has a description, which a person reads who got it wrong: "'maxKw' is DESCRIPTION; 0 is not."
 */
import { type TSchema, Type } from "typebox";

/** A name that may be left out. */
export const maybe = <T extends TSchema>(schema: T) => Type.Optional(schema);

/** Of an object: unknown names are refused, for a misspelt fault would be a quiet day. */
export const closed = { additionalProperties: false } as const;

/** 1 to `most` characters. */
export const text = (description: string, most = 500) =>
  Type.String({ description, minLength: 1, maxLength: most });

/** Both ends belong to it. */
export const number = (description: string, minimum: number, maximum: number) =>
  Type.Number({ description, minimum, maximum });

/** As {@link number}, without a fraction. */
export const whole = (description: string, minimum: number, maximum: number) =>
  Type.Integer({ description, minimum, maximum });

/** One of these; the description ends with them. */
export const oneOf = <const Words extends readonly string[]>(words: Words, description: string) =>
  Type.Unsafe<Words[number]>({ enum: [...words], description: `${description}: ${words.join(", ")}` });
