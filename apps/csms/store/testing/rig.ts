/** What a conformance test needs of an engine. */
import type { TestContext } from "node:test";
import type { Engine } from "../engine.ts";
import { openStore } from "../open.ts";

export type Rig = {
  readonly name: string;
  /** A new and empty database, gone after the test: what {@link openStore} and a core take as theirs. */
  create(t: TestContext): Promise<string>;
  /** Runs plain SQL there, past the engine. */
  execute(database: string, sql: string): Promise<void>;
};

/** Opens it as the core does; closed after the test. */
export async function opened(t: TestContext, database: string): Promise<Engine> {
  const engine = await openStore({ database });
  t.after(() => engine.close());
  return engine;
}
