/**
 * Kysely on PostgreSQL, so that the same query means the same as on SQLite: text is ordered by its bytes, and can be
 * any text.
 */
import { type DataTypeNode, Kysely, PostgresDialect, type PostgresPool, PostgresQueryCompiler } from "kysely";
import type { QueryResult } from "pg";
import type { Schema } from "./schema.ts";

/** A connection for one query or transaction. */
export type Borrowed = {
  query(text: string, values: readonly unknown[]): Promise<QueryResult>;
  release(): void;
};
export type Connections = { connect(): Promise<Borrowed>; end(): Promise<void> };

export function kyselyOn({ connect, end }: Connections): Kysely<Schema> {
  // Kysely describes its pool by what pg's gives; it asks a connection for query and release alone.
  const pool = { connect, end, options: {} } as unknown as PostgresPool;
  return new Kysely<Schema>({ dialect: new ByteOrderDialect({ pool }) });
}

class ByteOrderDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new ByteOrderCompiler();
  }
}

/** Columns of text get the collation "C", whatever the database's own is: no migration has to remember it. */
class ByteOrderCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    if (node.dataType === "text" && this.parentNode?.kind === "ColumnDefinitionNode")
      this.append(' collate "C"');
  }
}

/** U+0000 is the one character that PostgreSQL's text cannot hold: U+2400, the symbol for it, stands in. */
export const portable = (values: readonly unknown[]): unknown[] =>
  values.map((value) =>
    typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\u2400") : value,
  );
