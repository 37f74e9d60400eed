/** `station add --security-profile`, `station accept` and what `station list` says, on a data folder of its own. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type StationId, silentLog } from "@wattward/kernel";
import { systemChance } from "@wattward/kernel/node";
import { argon2Hasher, readPassword } from "@wattward/ocpp/ways-in";
import { createCore } from "../../core/create-core.ts";
import type { Core } from "../../core/port.ts";
import { runCommand, UsageError } from "../arguments.ts";
import { acceptStation } from "./accept.ts";
import { addStation } from "./add.ts";
import { wishFrom } from "./dispensation.ts";
import { listStations } from "./list.ts";

const skip = argon2Hasher() === undefined && "this Node has no Argon2";
const folder = mkdtempSync(join(tmpdir(), "wattward-dispensation-"));
let core: Core;

before(async () => {
  core = await createCore({ database: join(folder, "wattward.db"), log: silentLog, chance: systemChance });
});
after(async () => {
  await core.close();
  rmSync(folder, { recursive: true });
});

async function station(run: typeof addStation, ...args: string[]) {
  const said = { out: "", err: "" };
  const context = {
    env: { USER: "ada", WATTWARD_DATA_DIR: folder },
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
  };
  const code = await runCommand({ name: "test", run }, args, context);
  return { code, ...said };
}
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const passwordIn = (out: string) => /^ {2}([0-9a-f]{40})$/m.exec(out)?.[1];
const rowOf = (id: string) => core.query("station.get", { station: id as StationId });

test("a day is meant to its end; half of it, or what cannot be read, is wrong usage", () => {
  const wish = (profile: string | undefined, until?: string) =>
    wishFrom({ "security-profile": profile, until });
  assert.equal(wish(undefined), undefined);
  assert.deepEqual(wish("3"), { kind: "end" });
  assert.deepEqual(wish("2", "2027-03-31"), {
    ...{ kind: "give", securityProfile: 2, untilMs: Date.UTC(2027, 3, 1) },
  });
  assert.deepEqual(wish("1", "2027-03-31T18:00:00+02:00"), {
    ...{ kind: "give", securityProfile: 1, untilMs: Date.UTC(2027, 2, 31, 16) },
  });
  for (const [profile, until] of [
    ["2", undefined],
    ["3", "2027-03-31"],
    [undefined, "2027-03-31"],
    ["2", "2027-02-30T18:00:00Z"],
    ["0", "2027-03-31"],
    ["two", "2027-03-31"],
    ["2", "2027-02-31"],
    ["2", "31.03.2027"],
    ["2", "tomorrow"],
    ["2", "2027-03-31T18:00:00"],
    ["2", "2027-13-01T00:00:00Z"],
    ["2", ""],
  ] as const) {
    assert.throws(() => wish(profile, until), UsageError, `${profile} ${until}`);
  }
});

test("a password is printed once, and is in no file of the folder; the next one takes its place", {
  skip,
}, async () => {
  const first = await station(addStation, "CP-1", "--security-profile", "2", "--until", tomorrow());
  assert.equal(first.code, 0, first.err);
  const password = passwordIn(first.out);
  assert(password !== undefined && /shown this once/.test(first.out), first.out);
  const [kept] = await core.query("dispensations.all", undefined);
  assert(kept !== undefined && readPassword(kept.passwordHash) !== undefined);
  const second = await station(addStation, "CP-1", "--security-profile", "1", "--until", tomorrow());
  assert.match(second.out, /in place of the one it had/);
  assert.notEqual(passwordIn(second.out), password);
  const listed = await station(listStations);
  assert.match(listed.out, /^CP-1 .*may use security profile 1 until /m);
  for (const made of [password, passwordIn(second.out) ?? ""]) {
    for (const name of readdirSync(folder))
      assert(!readFileSync(join(folder, name)).includes(made), `${name} holds a password`);
    assert(!listed.out.includes(made));
  }
  const over = await station(addStation, "CP-1", "--security-profile", "3");
  assert.match(over.out, /its dispensation is over/);
  assert.deepEqual(await core.query("dispensations.all", undefined), []);
  assert.match((await station(addStation, "CP-1", "--security-profile", "3")).out, /it has no dispensation/);
});

test("a station at a site stays there, with its serial number, when it is given a dispensation", {
  skip,
}, async () => {
  await station(addStation, "CP-2", "--site", "lyon", "--serial", "SN-2");
  const given = await station(addStation, "CP-2", "--security-profile", "2", "--until", tomorrow());
  assert.match(given.out, /^CP-2 at lyon: unchanged; connects to its site, certificate CN SN-2$/m);
  const row = await rowOf("CP-2");
  assert.deepEqual([row?.site, row?.route, row?.serial], ["lyon", "site", "SN-2"]);
  await station(addStation, "CP-2", "--route", "direct");
  const moved = await rowOf("CP-2");
  assert.deepEqual([moved?.site, moved?.route], [null, "direct"], "moved where it is told to");
});

test("refused with a sentence: who came by security profile 3, a date that has passed", {
  skip,
}, async () => {
  await station(addStation, "CP-3");
  const past = await station(addStation, "CP-3", "--security-profile", "2", "--until", "2020-01-01");
  assert.equal(past.code, 1);
  assert.match(past.err, /ends after now/);
  await core.decide("station.admit", {
    ...{ station: "CP-3" as StationId, route: { kind: "direct" }, atMs: 1 },
    certificate: { serial: "CP-3", key: "k", notBeforeMs: 1 },
  });
  const back = await station(addStation, "CP-3", "--security-profile", "2", "--until", tomorrow());
  assert.equal(back.code, 1);
  assert.match(back.err, /never goes back to less/);
  assert.equal(passwordIn(back.out), undefined);
});

test("a station that came by itself is pending in the list, and accepted by a word", async () => {
  await core.decide("station.admit", {
    ...{ station: "CP-4" as StationId, route: { kind: "direct" }, atMs: 1 },
    certificate: { serial: "CP-4", key: "k", notBeforeMs: 1 },
  });
  assert.match((await station(listStations)).out, /^CP-4 .* pending /m);
  assert.match((await station(acceptStation, "CP-4")).out, /^CP-4: accepted; certificate CN CP-4$/m);
  assert.equal((await rowOf("CP-4"))?.admission, "accepted");
  assert.match((await station(acceptStation, "CP-4")).out, /accepted already/);
  const unknown = await station(acceptStation, "CP-9");
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /never come/);
  assert.equal((await station(acceptStation)).code, 2);
});
