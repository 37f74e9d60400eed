/**
 * What a store does, without end: one small commit after another, each waiting for its fsync.
 *
 *     node bench/load/committing.ts FILE    prints once a second how many there were
 */
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(process.argv[2] ?? "");
database.exec(
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE event (text TEXT NOT NULL)",
);
const insert = database.prepare("INSERT INTO event VALUES (?)");
const text = "x".repeat(2_000);
let commits = 0;
setInterval(() => {
  process.stdout.write(`${commits}\n`);
  commits = 0;
}, 1_000);
const commit = () => {
  insert.run(text);
  commits++;
  setImmediate(commit);
};
commit();
