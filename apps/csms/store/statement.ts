/**
 * A statement: a query written once in Kysely's words, compiled once per connection, run many times with named
 * values. The portable SQL of Kysely without the cost of building it for every message.
 *
 *     const findToken = statement((db, p: { token: string }) =>
 *       db.selectFrom("tokens").selectAll().where("token", "=", p.token));
 *     await tx.first(findToken, { token: "abc" });
 *
 * While the query is built, `p` stands in for the values: each property of it is a {@link Placeholder}.
 */
import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** What a column can hold on both engines. Booleans are 0 or 1. */
export type Value = string | number | null;
export type Values = { readonly [name: string]: Value };

export type Statement<P extends Values, R> = {
  readonly build: (db: Kysely<Schema>, p: P) => Compilable<R>;
};

export const statement = <P extends Values, R>(
  build: (db: Kysely<Schema>, p: P) => Compilable<R>,
): Statement<P, R> => ({ build });

/** Stands for the value of that name until the statement runs. */
export class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A statement's SQL for one dialect, with its arguments in order: placeholders, or constants of the query. */
export type Compiled = { readonly sql: string; readonly order: readonly (Placeholder | Value)[] };

export function compile<P extends Values, R>(db: Kysely<Schema>, source: Statement<P, R>): Compiled {
  const placeholders = new Proxy({} as P, { get: (_, name) => new Placeholder(String(name)) });
  const query: CompiledQuery<R> = source.build(db, placeholders).compile();
  return { sql: query.sql, order: query.parameters as readonly (Placeholder | Value)[] };
}

/** The arguments for one run; a value that the caller left out, or no whole number, is our own fault. */
export function argumentsFor(compiled: Compiled, values: Values): Value[] {
  return compiled.order.map((item) => {
    if (!(item instanceof Placeholder)) return item;
    const value = values[item.name];
    if (value === undefined) throw new TypeError(`no value for '${item.name}' in: ${compiled.sql}`);
    // Every number column is a whole number (schema.ts). SQLite would keep a fraction, PostgreSQL refuse it.
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw new TypeError(`'${item.name}' is ${value}, no whole number within 2^53, in: ${compiled.sql}`);
    }
    return value;
  });
}

/** Placeholders for all of these columns at once: `insertInto("people").values(each(p, peopleColumns))`. */
export function each<P extends Values>(p: P, columns: readonly (keyof P & string)[]): P {
  return Object.fromEntries(columns.map((name) => [name, p[name]])) as unknown as P;
}
