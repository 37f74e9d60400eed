/**
 * A disk that runs short, a real one: at the watermark the message log is given up, and told; charging goes on. And a
 * backup that finds no room says so and leaves nothing.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { withDataCore } from "../../apps/csms/cli/data-core.ts";
import { stop } from "../../demo/programs.ts";
import { boot, Session } from "./rig/charging.ts";
import { csmsOn, enrolCard, enrolStations, stationIdentity } from "./rig/operator.ts";
import { SmallDisk, smallDiskMissing } from "./rig/small-disk.ts";
import { Station } from "./rig/station.ts";
import { eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("watermark");
const skip = smallDiskMissing();
const DISK_MB = 32;
/** Room below this is short; the disk above has as good as all of its own free at first. */
const WATERMARK_MB = 16;

before(
  async () => {
    const csms = await csmsOn(out);
    await enrolStations(out, ["CP-1"]);
    await enrolCard(out);
    await stop(csms.program, SOON_MS);
    await withDataCore(join(out, "csms"), ({ core, clock }) =>
      core.decide("setting.set", {
        name: "disk_free_min_mb",
        value: WATERMARK_MB,
        atMs: clock.now().wallMs,
        actor: "operator",
      }),
    );
  },
  { timeout: 120_000 },
);

test("at the watermark: the message log stops and is emptied, people are told, and transactions are stored as ever", {
  skip,
  timeout: 120_000,
}, async () => {
  const disk = await SmallDisk.at(join(out, "csms"), DISK_MB);
  const csms = await csmsOn(disk.seen(out), { under: disk.under });
  const file = join(out, "csms", "wattward.db");
  const count = (sql: string) => Number(disk.rows(file, `SELECT count(*) AS n FROM ${sql}`)[0]?.["n"]);
  const warnings = async () =>
    (await (await fetch(`http://localhost:${csms.httpPort}/readyz`)).json()).warnings;
  const station = await Station.connect(csms, {
    id: "CP-1",
    version: "1.6",
    identity: stationIdentity(out, "CP-1"),
  });
  await station.tell(boot("1.6"));
  await eventually("the message log had its boot", () => count("messages") >= 2);
  assert.equal(await warnings(), undefined);

  disk.fill((WATERMARK_MB - 4) * 1024 * 1024);
  await eventually("the message log was given up", () => count("messages") === 0);
  assert.equal(count("outbox WHERE kind = 'storage.low'"), 1);
  assert.match(String(await warnings()), /message log was given up/);
  assert.equal(
    (await fetch(`http://localhost:${csms.httpPort}/readyz`)).status,
    200,
    "it works all the same",
  );
  const session = new Session("1.6", "1", 1_000);
  const { transactionId } = await station.tell(session.start());
  await station.tell(session.stop(Number(transactionId)));
  assert.equal(count("transactions WHERE state = 'ended'"), 1);

  disk.clear();
  await eventually("there was room again", () => count("outbox WHERE kind = 'storage.recovered'") === 1);
  await stop(csms.program, SOON_MS);
});

test("a backup that finds no room: a sentence, exit code 1, and nothing is left of it", {
  skip,
}, async () => {
  const folder = join(out, "small");
  mkdirSync(folder);
  const disk = await SmallDisk.at(folder, 1);
  disk.fill();
  const [command = "", ...under] = disk.under;
  const entry = join(import.meta.dirname, "../../apps/csms/cli/backup.ts");
  const target = join(folder, "csms.backup");
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", entry];
  const { status, stderr } = spawnSync(
    command,
    [...under, ...words, "--data", join(out, "csms"), "--out", target],
    { encoding: "utf8", env: { ...process.env, WATTWARD_BACKUP_PASSPHRASE: "correct-horse-Zq7-battery" } },
  );
  assert.equal(status, 1, stderr);
  assert.match(stderr, /no room for .*csms\.backup: its disk is full/);
  for (const name of [target, `${target}.partial`]) assert(!existsSync(disk.seen(name)), name);
});
