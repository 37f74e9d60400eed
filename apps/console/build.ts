/**
 * `npx wattward build`: the console's pages, made into static files in `dist/` that the CSMS serves: the one build step
 * there is. Does nothing where they are newer than their sources.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const folder = import.meta.dirname;
const built = join(folder, "dist", "index.html");

/** The pages could not be built; the message holds what the builder said. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Builds where it is needed; `say` is told before, because it takes some seconds. True where it built. */
export function buildConsole(say: (line: string) => void, options: { force?: boolean } = {}): boolean {
  if (options.force !== true && isFresh()) return false;
  say("building the console (once)");
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new BuildError(`the console could not be built:\n${stderr}${stdout}`);
  return true;
}

function isFresh(): boolean {
  const sources = globSync("**/*.{ts,tsx,css,html,json}", {
    cwd: folder,
    exclude: (path) => /^(node_modules|dist|testing)(\/|$)/.test(String(path)),
  });
  const newestMs = Math.max(...sources.map((path) => statSync(join(folder, path)).mtimeMs));
  return existsSync(built) && statSync(built).mtimeMs >= newestMs;
}

function main(args: string[]): 0 | 1 | 2 {
  const asked = read(args);
  if (asked === undefined) return 2;
  try {
    const done = buildConsole((line) => process.stderr.write(`${line}\n`), {
      force: asked.force,
    });
    process.stdout.write(`the console's pages are ${done ? "built" : "up to date"}: ${dirname(built)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`wattward: ${error.message}\n`);
    return 1;
  }
}

/** Undefined where the command line is wrong, which was told. */
function read(args: string[]): { readonly force: boolean } | undefined {
  try {
    return parseArgs({ args, options: { force: { type: "boolean", default: false } } }).values;
  } catch (error) {
    const sentence = (error as Error).message.split("\n")[0];
    process.stderr.write(`wattward build: ${sentence}\nLook at: npx wattward build --help\n`);
    return undefined;
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
