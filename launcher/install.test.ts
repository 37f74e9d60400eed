/** Installing by two at once, by a fake npm that tells who runs it and takes its time. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";

const installer = pathToFileURL(join(import.meta.dirname, "install.mjs")).href;

/** A root with a lock file of npm's and an npm of ours: `begins` and `ends` of each run stand in `runs`. */
function rootOf(t: TestContext, npm = "mkdir -p node_modules; touch node_modules/.package-lock.json") {
  const root = mkdtempSync(join(tmpdir(), "wattward-install-"));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, "package-lock.json"), "{}");
  utimesSync(join(root, "package-lock.json"), 1, 1);
  writeFileSync(
    join(root, "npm"),
    `#!/bin/sh\ncd ${root}\necho begins >> runs\nsleep 0.5\n${npm}\necho ends >> runs\n`,
  );
  chmodSync(join(root, "npm"), 0o755);
  return { root, lock: join(root, ".installing"), runs: () => readFileSync(join(root, "runs"), "utf8") };
}

async function install(root: string): Promise<{ code: number; said: string }> {
  const program = `import { installIfNeeded } from ${JSON.stringify(installer)}; installIfNeeded(${JSON.stringify(root)});`;
  const env = { ...process.env, PATH: `${root}:${process.env.PATH}` };
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { env });
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

test("install: two at once install once, and the later one says whom it waits for", async (t) => {
  const { root, lock, runs } = rootOf(t);
  const both = await Promise.all([install(root), install(root)]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(runs(), "begins\nends\n");
  assert.equal(both.filter(({ said }) => said.includes("Another Wattward installs here")).length, 1);
  assert(!existsSync(lock));
});

test("install: a lock whose holder was killed is taken over", async (t) => {
  const { root, lock, runs } = rootOf(t);
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "close");
  writeFileSync(lock, String(gone.pid));
  assert.equal((await install(root)).code, 0);
  assert.equal(runs(), "begins\nends\n");
});

test("install: where npm fails the lock is left to the next", async (t) => {
  const { root, lock } = rootOf(t, "exit 1");
  const { code, said } = await install(root);
  assert.equal(code, 1);
  assert.match(said, /npm ci failed/);
  assert(!existsSync(lock));
});
