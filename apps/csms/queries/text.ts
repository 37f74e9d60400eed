/** Looking for a text that somebody typed: anywhere in a column, without case, its signs taken as they stand. */
import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";

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
