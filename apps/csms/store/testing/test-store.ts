/**
 * The engine that tests of decisions and queries run on: SQLite in memory, unless the file that runs has chosen
 * another (core/on-postgres.test.ts runs the same tests on PostgreSQL).
 */
import type { Engine } from "../engine.ts";
import { openStore } from "../open.ts";

let opener: () => Promise<Engine> = () => openStore({ database: ":memory:" });

/** For every store that this process opens from now on. */
export function runTestsOn(open: () => Promise<Engine>): void {
  opener = open;
}

/** An empty database of its own, migrated. */
export const openTestStore = (): Promise<Engine> => opener();
