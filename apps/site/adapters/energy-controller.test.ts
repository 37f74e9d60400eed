/** What the energy controller knows of the machine, before its site tells it better. */
import assert from "node:assert/strict";
import { chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type SiteId, silentLog } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { energyPorts } from "./energy-controller.ts";
import { settleOwn } from "./own-users.ts";

const root = mkdtempSync(join(tmpdir(), "ww-ports-"));
after(() => rmSync(root, { recursive: true, force: true }));
const parts = { site: "lyon" as SiteId, rootPem: "", log: silentLog, fatal: assert.fail };
const floorMs = Date.UTC(2099, 0, 1);

function dataFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, "state"), { recursive: true });
  mkdirSync(join(folder, "identity"));
  for (const file of ["site.json", "root.pem"]) writeFileSync(join(folder, "identity", file), "");
  writeFileSync(join(folder, "state", "clock.json"), JSON.stringify({ wallMs: floorMs }));
  return folder;
}

test("energy controller: by the machine's clock alone nobody knows the time: no date ends a limit, or refuses a bundle", async () => {
  const { clock } = await energyPorts({ dataFolder: dataFolder("plain") }, parts);
  assert.equal(clock.now().quality, "unknown");
  assert(clock.now().wallMs >= floorMs);
});

test("energy controller with a user of its own: goes on from the last time that the site knew, as the others do", async (t) => {
  const folder = dataFolder("own");
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const users = { energy: user };
  const settings = { dataFolder: folder, users } as unknown as Parameters<typeof settleOwn>[0];
  const errors: string[] = [];
  t.after(settleOwn(settings, systemClock(), { ...silentLog, error: (event) => void errors.push(event) }));
  const own = join(folder, "energy");
  let wallMs = 0;
  for (let i = 0; wallMs < floorMs && i < 50; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    ({ wallMs } = (await energyPorts({ dataFolder: own }, parts)).clock.now());
  }
  assert(wallMs >= floorMs, String(wallMs));
  assert.deepEqual(errors, []);
});

test("energy controller with a user of its own: what it leaves in its folder costs itself its sockets, and nobody the site", (t) => {
  const folder = dataFolder("trap");
  mkdirSync(join(folder, "energy", "state", "energy.sock"), { recursive: true });
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const settings = { dataFolder: folder, users: { energy: user } } as unknown as Parameters<
    typeof settleOwn
  >[0];
  const errors: unknown[] = [];
  const log = {
    ...silentLog,
    error: (event: string, fields?: object) => void errors.push({ event, ...fields }),
  };
  t.after(settleOwn(settings, systemClock(), log));
  assert.match(JSON.stringify(errors), /not-brought.*energy\.sock/);
  assert(lstatSync(join(folder, "energy", "state", "guard.sock")).isSymbolicLink());
});

test("energy controller with a user of its own: what somebody took from it, it gets back, and nothing behind a link", {
  skip: process.getuid?.() !== 0 && "only root can give files to another user",
}, (t) => {
  const folder = dataFolder("taken");
  const NOBODY = 65_534;
  const quarters = join(folder, "energy", "energy", "quarters");
  mkdirSync(quarters, { recursive: true });
  const [file, elsewhere] = [join(quarters, "2026-01-01.jsonl"), join(folder, "journal")];
  for (const path of [file, elsewhere]) writeFileSync(path, "x");
  symlinkSync(elsewhere, join(quarters, "link"));
  const users = { energy: { uid: NOBODY, gid: NOBODY } };
  const settings = { dataFolder: folder, users } as unknown as Parameters<typeof settleOwn>[0];
  t.after(settleOwn(settings, systemClock(), silentLog));
  const owner = (path: string) => lstatSync(path).uid;
  assert.deepEqual([quarters, file, join(quarters, "link")].map(owner), [NOBODY, NOBODY, NOBODY]);
  assert.deepEqual(
    [elsewhere, join(folder, "state"), join(folder, "identity", "site.json")].map(owner),
    [0, 0, 0],
  );
  // What is its own already is not looked into.
  chownSync(file, 0, 0);
  t.after(settleOwn(settings, systemClock(), silentLog));
  assert.equal(owner(file), 0);
});
