/**
 * The documents are true: what they link to and name is there, what the code cites of them exists, and the commands
 * under "Run it for real" in README.md run, in order, on ports and in a folder of their own. (docs/api.md has its own.)
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { readJson } from "../../demo/programs.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const servers: ChildProcess[] = [];
// Before the workplace's own, which waits until nothing runs in it.
after(() => {
  for (const { pid } of servers) {
    try {
      // Its group: npx, the launcher, and the program.
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, "ESRCH");
    }
  }
});

const out = workplace("documents");
const root = join(import.meta.dirname, "..", "..");
const LIMIT_MS = 90_000;
const read = (path: string) => readFileSync(join(root, path), "utf8");
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const documents = tracked.filter((path) => path.endsWith(".md"));

test("every link of a document leads to a file", () => {
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !existsSync(join(root, dirname(path), link)))
      .map((link) => `${path}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test("every path of this repository that a document names is there", () => {
  const missing = documents.flatMap((path) =>
    [...read(path).matchAll(/`((?:apps|packages|tests|docs|demo|launcher|\.ci)\/[\w./-]*)`/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !existsSync(join(root, name)))
      .map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(missing, []);
});

test("every decision and every quirk that the code cites is written down", () => {
  const decisions = new Set(
    tracked.flatMap((path) => /^docs\/adr\/0*(\d+)-/.exec(path)?.slice(1) ?? []).map((n) => `ADR ${n}`),
  );
  const quirks = new Set(
    [...read("docs/quirks.md").matchAll(/^\| (\d+) \|/gm)].map(([, n]) => `QUIRKS ${n}`),
  );
  const cited = (path: string) =>
    [...read(path).matchAll(/\b(ADR|QUIRKS) (\d+(?:, \d+)*)/g)].flatMap(([, what = "", numbers = ""]) =>
      numbers.split(", ").map((number) => `${what} ${number}`),
    );
  const unknown = tracked
    .filter((path) => /\.(tsx?|mjs|md)$/.test(path) && existsSync(join(root, path)))
    .flatMap((path) => cited(path).map((name) => ({ path, name })))
    .filter(({ name }) => !decisions.has(name) && !quirks.has(name))
    .map(({ path, name }) => `${path}: ${name}`);
  assert.deepEqual(unknown, []);
});

const env = { ...process.env, WATTWARD_DATA_DIR: join(out, "csms") };

function serve(line: string): void {
  servers.push(spawn("bash", ["-c", line], { cwd: root, env, detached: true, stdio: "ignore" }));
}

const run = (line: string) =>
  new Promise<string>((resolve, reject) => {
    execFile("bash", ["-c", line], { cwd: root, env, timeout: LIMIT_MS }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${line}\n${stdout}\n${stderr}`, { cause: error })),
    );
  });

/** The lines of README's section, with continued ones joined and their comments left out. */
const commands = [
  ...(read("README.md").split("\n## Run it for real\n")[1]?.split("\n## ")[0] ?? "").matchAll(
    /^```sh\n([\s\S]*?)^```$/gm,
  ),
]
  .flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").trim().split("\n"))
  .map((line) => line.replace(/\s+#.*$/, ""));

test("the commands under 'Run it for real' run, and end with a charged car", {
  timeout: 2 * LIMIT_MS,
}, async () => {
  const ports = new Map<string, number>();
  const portsOf = (file: string) =>
    readJson(join(out, file)) as { port: number; httpPort: number } | undefined;
  let simulated = "";
  for (const line of commands) {
    // Its folder and its ports are the only things that are not as the reader types them.
    const own = line
      .replaceAll(".wattward/", `${out}/`)
      .replace(/:(9443|9444)\b/g, (_, port: string) => `:${ports.get(port)}`);
    if (line.startsWith("npx wattward csms")) {
      serve(`${own} --port 0 --http-port 0`);
      ports.set(
        "9443",
        (await eventually("the central system listens", () => portsOf("csms/csms.json"))).port,
      );
    } else if (line.startsWith("npx wattward site")) {
      serve(`${own} --port 0`);
      ports.set("9444", (await eventually("the site listens", () => portsOf("lyon/site.json"))).port);
    } else {
      simulated = await run(own);
    }
  }
  const summary = JSON.parse(simulated.trim().split("\n").at(-1) ?? "") as {
    delivered: boolean;
    energyWh: number;
  };
  assert(summary.delivered && summary.energyWh > 0, simulated);
});
