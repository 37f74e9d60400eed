// @ts-check
/** The table of commands: a central system's data, safe. */
import { data, file, folder, json, text } from "./words.mjs";

const database = text(
  "database",
  "URL",
  "its PostgreSQL database, where DIR does not remember it; password in PGPASSWORD",
);

/** @type {import("./words.mjs").Command} */
const backup = {
  name: "backup",
  entry: "apps/csms/cli/backup.ts",
  sentence: "one encrypted file of all that a central system must not lose",
  forms: [
    {
      sentence: "makes one, while the central system runs or not; or reads one to its end",
      options: [
        file("out", "FILE", "where to; it must not exist. Written whole or not at all, and read back"),
        file("verify", "FILE", "instead: reads a backup to its end, and says what is in it"),
        file(
          "passphrase-file",
          "FILE",
          "what it is encrypted with, at least 16 characters; else WATTWARD_BACKUP_PASSPHRASE",
        ),
        data,
        database,
        json,
      ],
    },
  ],
  notes: [
    "In it are the database as of one instant, but for the message log, and the folders keys/ and pki/: whoever has the file and the passphrase is the operator. Keys under WATTWARD_PASSPHRASE need that too.",
  ],
  examples: [
    "backup --out monday.backup --passphrase-file secret",
    "backup --verify monday.backup --passphrase-file secret",
  ],
  docs: "docs/data.md",
};

/** @type {import("./words.mjs").Command} */
const restore = {
  name: "restore",
  entry: "apps/csms/cli/restore.ts",
  sentence: "a central system out of a backup, fenced off from the one that it was",
  forms: [
    {
      sentence: "all of it, or nothing",
      options: [
        file("in", "FILE", "a file of 'wattward backup'"),
        folder(
          "data",
          "DIR",
          "the folder to be made; empty, or not there (WATTWARD_DATA_DIR, else .wattward/csms)",
        ),
        text(
          "database",
          "URL",
          "an empty PostgreSQL database to fill, in place of a file in DIR; password in PGPASSWORD. A backup of either engine goes into either",
        ),
        file("passphrase-file", "FILE", "what it was encrypted with; else WATTWARD_BACKUP_PASSPHRASE"),
        json,
      ],
    },
  ],
  notes: [
    "The central system of before must never run again: sites refuse it from the first time that they have spoken with the restored one. What was changed after the backup is told at the end, and in docs/data.md.",
  ],
  examples: ["restore --in monday.backup --data .wattward/restored --passphrase-file secret"],
  docs: "docs/data.md",
};

/** @type {import("./words.mjs").Group} */
export const dataSafe = { title: "Data", commands: [backup, restore] };
