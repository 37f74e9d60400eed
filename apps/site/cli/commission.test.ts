/** `site commission` and `site verify` as real processes, at a battery on real Modbus TCP: what they refuse, leave, say, and take back. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { SiteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { serve } from "@wattward/modbus";
import { listen, type ModbusListener } from "@wattward/modbus/tcp";
import { type Authorities, issueSite, openOrCreateAuthorities } from "@wattward/pki";
import { newKey, openKeyFiles, publicHalf, writeSiteIdentity } from "@wattward/pki/files";
import { lockFile } from "../adapters/lock.ts";
import { SmallPlant } from "../energy-controller/testing/small-plant.ts";
import { batteryModels } from "../energy-controller/testing/small-plant-models.ts";
import { answerer, BankDevice } from "../energy-controller/testing/sunspec-bank.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-commission-"));
const clock = systemClock();
const nowMs = () => clock.now().monotonicMs;
const started: ChildProcess[] = [];
const batteries: Battery[] = [];
let authorities: Authorities;

before(async () => {
  const disk = folderDisk(join(root, "ca"));
  const keys = await openKeyFiles("ca", { disk, passphrase: "for this test only", chance: systemChance });
  const pki = folderDisk(join(root, "pki"));
  authorities = await openOrCreateAuthorities(keys, pki, { clock, chance: systemChance, operatorName: "Op" });
});
after(async () => {
  for (const battery of batteries) await battery.stop();
  for (const child of started) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** A site's folder with an identity. */
async function folderOf(site: string): Promise<string> {
  const folder = mkdtempSync(join(root, `${site}-`));
  const key = await newKey("ec-p256");
  const about = { site: site as SiteId, publicKey: publicHalf(key) };
  const issued = await issueSite(authorities, about, { clock, chance: systemChance });
  assert(issued.ok, issued.ok ? "" : issued.fault.sentence);
  const link = { key, chainPem: issued.value.chainPem };
  const content = { site: site as SiteId, domain: "wattward.test", rootPem: authorities.root.pem };
  await writeSiteIdentity(folder, { ...content, link, serverEc: link, serverRsa: link }, systemChance);
  return folder;
}

/** A battery that keeps a setpoint for ever, as its power shows. */
class Battery {
  readonly bank = new BankDevice(nowMs, batteryModels(124));
  private readonly listener: ModbusListener;
  private readonly ticks: NodeJS.Timeout;

  private constructor(listener: ModbusListener) {
    this.listener = listener;
    this.ticks = setInterval(() => this.bank.show(103, { W: Math.round(this.feedW) }), 100);
  }

  static async start(): Promise<Battery> {
    let answer: ReturnType<typeof answerer> = () => ({ kind: "silence" });
    const at = { host: "127.0.0.1", port: 0 };
    const battery = new Battery(
      await listen({ at, accept: (link) => void serve(link, { clock, answer: (asked) => answer(asked) }) }),
    );
    batteries.push(battery);
    answer = answerer(new Map([[1, battery.bank]]), (ms, run) => void clock.after(ms, run));
    return battery;
  }

  get port(): number {
    return this.listener.port;
  }

  get feedW(): number {
    const on = this.bank.value(124, "StorCtl_Mod") === 3;
    return on ? (this.bank.value(124, "OutWRte") / 100) * 20_000 : 0;
  }

  async stop(): Promise<void> {
    clearInterval(this.ticks);
    await this.listener.close();
  }
}

/** A document with the battery alone, for `at`. */
function documentAt(port: number): string {
  const { config } = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  const devices = config.devices
    .filter(({ is }) => is.kind === "battery")
    .map((one) => ({ ...one, unit: 1 }));
  const modbus = devices.map(({ id }) => ({
    device: id,
    host: "127.0.0.1",
    port,
    tls: false,
    deviceUnit: 1,
  }));
  const path = join(mkdtempSync(join(root, "document-")), "site.json");
  writeFileSync(path, JSON.stringify({ schema: 1, energy: { ...config, devices }, modbus }));
  return path;
}

function run(...words: string[]) {
  const entry = join(import.meta.dirname, "..", "main.ts");
  const args = ["--disable-warning=ExperimentalWarning", entry, ...words];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, said: text })),
  );
  const says = async (what: string) => {
    for (const endMs = nowMs() + 30_000; !text.includes(what); await wait(20))
      assert(nowMs() < endMs, `did not say '${what}': ${text}`);
  };
  return { child, says, ended };
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  test(`a proof that ${signal} breaks off: 0 is written to the battery, it is said, and the end is ${code}`, async () => {
    const battery = await Battery.start();
    const data = await folderOf("lyon");
    const { child, says, ended } = run(
      ...["commission", documentAt(battery.port), "--data", data, "--prove-reverts", "--yes"],
    );
    await says("it follows; now it is told nothing more, and watched");
    assert.notEqual(battery.feedW, 0);
    child.kill(signal);
    const { code: exit, said } = await ended;
    assert.equal(battery.feedW, 0);
    assert.equal(exit, code, said);
    assert.match(said, /interrupted: what is under way is taken back first/);
    assert.match(said, /battery: 0 was written\n[\s\S]*no device holds what it was told; no report is left/);
    assert.deepEqual(readdirSync(join(data, "energy/commissioning")), []);
  });

test("a battery that takes no 0 when it is interrupted is named; a second signal ends at once", async () => {
  const battery = await Battery.start();
  const words = ["commission", documentAt(battery.port), "--prove-reverts", "--yes", "--data"];
  const refusing = run(...words, await folderOf("lyon"));
  await refusing.says("it follows; now");
  battery.bank.conduct = "refuses-writes";
  refusing.child.kill("SIGTERM");
  const { code, said } = await refusing.ended;
  assert.equal(code, 143, said);
  assert.match(
    said,
    /see to these devices themselves, they may hold what they were told: battery \(.*illegal/,
  );
  battery.bank.conduct = "well";
  const impatient = run(...words, await folderOf("lyon"));
  await impatient.says("it follows; now");
  battery.bank.conduct = "silent";
  impatient.child.kill("SIGINT");
  await impatient.says("interrupted");
  await wait(600);
  impatient.child.kill("SIGINT");
  const atOnce = await impatient.ended;
  assert.equal(atOnce.code, 130);
  assert.doesNotMatch(atOnce.said, /broken off/);
});

test("what is left: a report that verifies and says what was left out, a document to set", async () => {
  const battery = await Battery.start();
  const data = await folderOf("lyon");
  const folder = join(data, "energy/commissioning");
  const words = ["commission", documentAt(battery.port), "--data", data, "--yes"];
  const { code, said } = await run(...words).ended;
  assert.equal(code, 0, said);
  const left = "phases of 4 of 4 outlets, the revert of battery";
  assert(said.includes(`nothing is at fault in what was checked; not checked: ${left}\n`), said);
  assert.match(said, /set it at the central system/);
  const [report] = readdirSync(folder).filter((name) => name.endsWith(".report.json"));
  const verified = await run("verify", join(folder, report!), "--data", data).ended;
  assert.equal(verified.code, 0, verified.said);
  assert(verified.said.includes(`not checked: ${left}\n`), verified.said);
  const facts = await run("verify", join(folder, report!), "--data", data, "--json").ended;
  assert.deepEqual(JSON.parse(facts.said).notChecked, left.split(", "));
});

test("a device that does not answer: no document is proposed", async () => {
  const battery = await Battery.start();
  const document = documentAt(battery.port);
  await battery.stop();
  const data = await folderOf("lyon");
  const { code, said } = await run("commission", document, "--data", data, "--yes").ended;
  assert.equal(code, 1, said);
  assert.match(said, /something is at fault; not checked: phases.*: mend it, and commission again\n/);
  assert.match(said, /no document is proposed: battery did not answer/);
  assert.doesNotMatch(said, /set it at the central system/);
  assert.deepEqual(
    readdirSync(join(data, "energy/commissioning")).map((name) => name.replace(/^[^.]*/, "")),
    [".report.json"],
  );
});

test("a folder that takes no files is told before anybody walks; one that takes none any more leaves the report on standard output", async () => {
  const battery = await Battery.start();
  const words = ["commission", documentAt(battery.port), "--yes", "--data"];
  const blocked = await folderOf("lyon");
  writeFileSync(join(blocked, "energy"), "");
  const before = await run(...words, blocked).ended;
  assert.equal(before.code, 1, before.said);
  assert.match(before.said, /^wattward: .*energy/);
  assert.doesNotMatch(before.said, /\[1\/|\n {4}at /);
  const data = await folderOf("lyon");
  const walk = run(...words, data, "--prove-reverts");
  await walk.says("it follows; now");
  rmSync(join(data, "energy"), { recursive: true });
  battery.bank.show(124, { StorCtl_Mod: 0 });
  const after = await walk.ended;
  assert.equal(after.code, 1, after.said);
  assert.match(after.said, /\{"body":.*"signature":.*\}\n/);
  assert.match(after.said, /stands on standard output instead: keep it/);
  assert.doesNotMatch(after.said, /\n {4}at /);
});

test("before anybody walks: no terminal, a key that cannot sign, no file, somebody else on the folder are told in a sentence", async () => {
  const battery = await Battery.start();
  const document = documentAt(battery.port);
  const good = await folderOf("lyon");
  const other = await folderOf("paris");
  const wrongPassphrase = await folderOf("lyon");
  writeFileSync(join(wrongPassphrase, "identity/passphrase"), "of another folder\n");
  const othersKey = await folderOf("lyon");
  for (const name of ["link-key.pem", "passphrase"])
    copyFileSync(join(other, "identity", name), join(othersKey, "identity", name));
  const othersIdentity = await folderOf("lyon");
  for (const name of ["link-key.pem", "passphrase", "link-certificate.pem"])
    copyFileSync(join(other, "identity", name), join(othersIdentity, "identity", name));
  const runs = await folderOf("lyon");
  mkdirSync(join(runs, "state"), { recursive: true });
  lockFile(join(runs, "state/supervisor.lock"), 0);
  const commissioned = await folderOf("lyon");
  lockFile(join(commissioned, "state/commission.lock"), 0);
  lockFile(join(commissioned, "state/supervisor.lock"), 0);
  const rows: readonly [words: string[], code: number, says: RegExp][] = [
    [["commission", document, "--data", good], 2, /no terminal to ask at: .* say --yes/],
    [["commission", document, "--yes", "--data", wrongPassphrase], 1, /is not opened by its passphrase/],
    [["commission", document, "--yes", "--data", othersKey], 1, /its key is not that of its certificate/],
    [["commission", document, "--yes", "--data", othersIdentity], 1, /site paris signed .* name of lyon/],
    [["commission", document, "--yes", "--data", runs], 1, /the site controller runs on/],
    [["commission", document, "--yes", "--data", commissioned], 1, /another commission runs on/],
    [["commission", good, "--yes", "--data", good], 1, /is a folder; a file is expected/],
    [["verify", join(good, "none"), "--data", good], 1, /none: there is no such file/],
  ];
  for (const [words, code, says] of rows) {
    const { code: exit, said } = await run(...words).ended;
    assert.match(said, says);
    assert.equal(exit, code, said);
    assert.doesNotMatch(said, /\n {4}at /, "no stack trace");
    assert.doesNotMatch(said, /^\[1\//m, "nothing was looked at");
  }
});
