/** Looking for a text that somebody typed: anywhere in a column, without case, its signs taken as they stand. */

import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import { maskedToken } from "../core/observations.ts";

/** True where any of the columns has it. Case is folded for ASCII alone on SQLite. */
export function containing(columns: readonly string[], text: string): RawBuilder<SqlBool> {
  const found = columns.map((column) => like(sql`lower(${sql.ref(column)})`, patternOf(text)));
  return sql<SqlBool>`(${sql.join(found, sql` or `)})`;
}

export const patternOf = (text: string): string =>
  `%${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

/** SQLite has no escape unless it is named; PostgreSQL's is the backslash anyway. */
export const like = (text: Expression<unknown>, pattern: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`${text} like ${pattern} escape '\\'`;

/**
 * A whole token, or the end of one, no longer than what maskedToken shows of it: nobody finds a card by trying its
 * letters one by one.
 */
export function endingAsShown(column: string, typed: string): RawBuilder<SqlBool> {
  const text = typed.toLowerCase();
  const lower = sql`lower(${sql.ref(column)})`;
  const whole = sql<SqlBool>`${lower} = ${text}`;
  if (maskedToken(text + text) !== `…${text}`) return whole;
  const length = sql.lit(text.length);
  return sql<SqlBool>`(${whole} or (length(${lower}) >= 2 * ${length}
    and substr(${lower}, length(${lower}) - ${length} + 1) = ${text}))`;
}
