/** The console's pages, built when they are missing or older than their sources: the one build step there is. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { DemoError } from "./programs.ts";

export function buildConsole(root: string, say: (line: string) => void): void {
  const app = join(root, "apps", "console");
  const built = join(app, "dist", "index.html");
  const sources = globSync("**/*.{ts,tsx,css,html,json}", {
    cwd: app,
    exclude: (path) => /^(node_modules|dist|generated)(\/|$)/.test(String(path)),
  });
  const newestMs = Math.max(...sources.map((path) => statSync(join(app, path)).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= newestMs) return;
  say("building the console (once)");
  const vite = spawnSync(
    process.execPath,
    [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"],
    {
      cwd: app,
      encoding: "utf8",
    },
  );
  if (vite.status !== 0) throw new DemoError(`the console could not be built:\n${vite.stderr}${vite.stdout}`);
}
