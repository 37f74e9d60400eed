/** A primitive with a meaning the compiler keeps apart: `Brand<string, "StationId">` is no plain string. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
