/** Reads a whole backup, as a restore would, and says what is in it. */

import { damaged } from "../../backup/fault.ts";
import { backupItems } from "../../backup/read.ts";
import { bytesOf, inWords } from "./new-file.ts";

export type Looked = {
  readonly schema: number;
  readonly engine: string;
  readonly createdAtMs: number;
  readonly rows: ReadonlyMap<string, number>;
  readonly files: readonly string[];
};

/** Rejects with BackupFault, and CommandError where the file cannot be read. */
export async function lookThrough(path: string, passphrase: string): Promise<Looked> {
  const files: string[] = [];
  let head: Pick<Looked, "schema" | "engine" | "createdAtMs"> | undefined;
  let rows: ReadonlyMap<string, number> | undefined;
  try {
    for await (const item of backupItems(bytesOf(path), passphrase)) {
      if (item.t === "backup") head = item;
      if (item.t === "file") files.push(item.path);
      if (item.t === "end") rows = item.rows;
    }
  } catch (error) {
    throw inWords(error, path);
  }
  if (head === undefined || rows === undefined) throw damaged("it is empty");
  const { schema, engine, createdAtMs } = head;
  return { schema, engine, createdAtMs, rows, files };
}

/** For scripts. */
export const factsOf = (file: string, { schema, engine, createdAtMs, rows, files }: Looked) => ({
  ...{ file, schema, engine, createdAt: new Date(createdAtMs).toISOString() },
  ...{ rows: Object.fromEntries(rows), files },
});

/** For people. */
export function described({ schema, engine, createdAtMs, rows, files }: Looked): string {
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const transactions = rows.get("transactions") ?? 0;
  return `${all} rows of ${rows.size} tables (${transactions} transactions) out of ${engine}, schema ${schema}, and ${files.length} files, as of ${new Date(createdAtMs).toISOString()}`;
}
