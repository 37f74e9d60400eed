import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
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
