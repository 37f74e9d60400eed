/** What a child can do to its supervisor by the channel between them: be heard, and no more. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { ChildMessage } from "../supervisor/protocol.ts";
import { spawnChild } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "ww-child-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A child with this program, and what was heard of it. */
function born(name: string, program: string) {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `import { writeSync } from "node:fs";\n${program}\n`);
  const heard: ChildMessage[] = [];
  return { heard, child: spawnChild(pathToFileURL(path), [], (message) => void heard.push(message)) };
}

const rows = [
  ["no JSON", `writeSync(3, "hello\\n");`],
  ["no UTF-8", "writeSync(3, Buffer.from([0xff, 0x0a]));"],
  ["Node's own word for a handle", `writeSync(3, '{"cmd":"NODE_HANDLE","type":"x"}\\n');`],
  ["Node's own word for one that came", `writeSync(3, '{"cmd":"NODE_HANDLE_ACK"}\\n');`],
] as const;
for (const [name, says] of rows)
  test(`child: one that says ${name} ends nobody but itself`, async () => {
    const { heard, child } = born(
      "broken",
      `process.send({ kind: "beat" }, () => { ${says} setTimeout(() => process.exit(7), 300); });`,
    );
    assert.equal(await child.exited, "exit 7");
    assert.deepEqual(heard, [{ kind: "beat" }]);
  });

test("child: a line without end is not kept; its channel is closed, by which an honest one ends", async () => {
  const { heard, child } = born(
    "endless",
    `process.on("disconnect", () => process.exit(8));
     const piece = Buffer.alloc(65_536, 0x20);
     const more = () => { try { writeSync(3, piece); } catch {} setTimeout(more, 0); };
     more();`,
  );
  assert.equal(await child.exited, "exit 8");
  assert.deepEqual(heard, []);
});

test("child: hears what it is told, says what it says until its last word, and ends with the channel", async () => {
  const { heard, child } = born(
    "honest",
    `process.on("message", ({ wallMs }) => {
       process.send({ kind: "cannot-run", sentence: String(wallMs) }, () => process.exit(78));
     });
     process.send({ kind: "beat" });`,
  );
  for (let i = 0; heard.length === 0 && i < 500; i++) await wait(20);
  child.tell({ kind: "wall", wallMs: 5 });
  assert.equal(await child.exited, "exit 78");
  assert.deepEqual(heard, [{ kind: "beat" }, { kind: "cannot-run", sentence: "5" }]);
});

test("child: one that cannot be made is one that died", async () => {
  const tooLong = "x".repeat(1_000_000);
  const child = spawnChild(pathToFileURL(join(folder, "none.mjs")), [tooLong], () => {});
  assert.match(await child.exited, /E2BIG/);
  child.tell({ kind: "wall", wallMs: 5 });
  child.kill("SIGKILL");
});
