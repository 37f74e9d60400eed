/** Who can reach `state/energy.sock` stands in for the energy controller: nobody else may. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { listenLines } from "./energy-link.ts";

const folder = mkdtempSync(join(tmpdir(), "ww-line-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function state(name: string, mode: number): string {
  const path = join(folder, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return join(path, "energy.sock");
}

test("energy socket: ours alone, whatever the umask, and where others may pass through its folder", async () => {
  const path = state("passed", 0o711);
  const before = process.umask(0);
  const server = await listenLines(path, () => {}).finally(() => process.umask(before));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await server.close();
});

test("energy socket: not opened in a folder where others may write, for they could put theirs in its place", async () => {
  await assert.rejects(
    listenLines(state("open", 0o770), () => {}),
    /chmod 700/,
  );
});

test("energy socket: what a dead predecessor left, or somebody linked there, is replaced and never followed", async () => {
  const path = state("left", 0o700);
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, "mine");
  symlinkSync(elsewhere, path);
  const server = await listenLines(path, () => {});
  assert(statSync(path).isSocket());
  assert(statSync(elsewhere).isFile());
  await server.close();
});
