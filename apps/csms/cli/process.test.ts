import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

test("process: a reader that leaves early ends the command without a stack trace", async () => {
  const program = `
    const { runProcess } = await import(${JSON.stringify(join(import.meta.dirname, "process.ts"))});
    const line = "x".repeat(1000) + "\\n";
    await runProcess({ name: "test", async run(_, { out }) {
      for (let i = 0; i < 5_000; i += 1) { out(line); await new Promise(setImmediate); }
    } });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  let err = "";
  child.stderr.on("data", (bytes) => (err += bytes));
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = await once(child, "close");
  assert.deepEqual([code, err], [141, ""]);
});

test("process: a full disk under its output is said in one line", async (t) => {
  if (!existsSync("/dev/full")) return t.skip("this system has no /dev/full");
  const program = `
    const { runProcess } = await import(${JSON.stringify(join(import.meta.dirname, "process.ts"))});
    await runProcess({ name: "test", async run(_, { out }) { out("x\\n"); } });`;
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", full, "pipe"],
  });
  let err = "";
  child.stderr?.on("data", (bytes) => (err += bytes));
  const [code] = await once(child, "close");
  assert.equal(code, 1);
  assert.match(err, /^wattward: what this printed could not be written: ENOSPC[^\n]*\n$/);
});
