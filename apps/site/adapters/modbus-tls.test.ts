/** Certificates that an operator lays into the folder: what is no certificate is said, and takes nothing from anybody. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLog } from "@wattward/kernel";
import { modbusAuthority, opensslMissing } from "@wattward/modbus/testing";
import { simulatedTime } from "@wattward/testing";
import { dialSecured, listenSecured, TLS_FOLDER } from "./modbus-tls.ts";

const skip = opensslMissing();
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** A folder with everything that has to lie there. */
function folder() {
  const dataFolder = mkdtempSync(join(tmpdir(), "ww-tls-"));
  const authority = modbusAuthority();
  closing.push(() => rmSync(dataFolder, { recursive: true, force: true }), authority.remove);
  mkdirSync(join(dataFolder, TLS_FOLDER), { mode: 0o700 });
  const lay = (name: string, text: string) =>
    writeFileSync(join(dataFolder, TLS_FOLDER, name), text, { mode: 0o600 });
  const { cert, key } = authority.issue("guard");
  const texts = { "certificate.pem": cert, "key.pem": key };
  for (const [name, text] of Object.entries(texts)) lay(name, text);
  for (const name of ["clients.pem", "devices.pem"]) lay(name, authority.ca);
  return { dataFolder, authority, lay };
}

const spoilt = (pem: string) =>
  [
    ["empty", ""],
    ["no certificate", "to be done\n"],
    ["cut short", pem.slice(0, 200)],
    ["cut short behind a whole one", pem + pem.slice(0, 200)],
    ["no base 64", pem.replace("MII", "XXX")],
  ] as const;

test("modbus-tls: authorities that are none are refused at the start, and said with their file", {
  skip,
}, async () => {
  const { dataFolder, authority, lay } = folder();
  for (const [what, text] of spoilt(authority.ca)) {
    lay("clients.pem", text);
    const listening = listenSecured(
      dataFolder,
      { at: { host: "127.0.0.1", port: 0 }, accept: () => {} },
      { clock: simulatedTime(), log: silentLog },
    ).then(async (listener) => {
      await listener.close();
    });
    await assert.rejects(listening, /clients\.pem.*certificate/, what);
    lay("devices.pem", text);
    const dialled = await dialSecured(dataFolder, { host: "127.0.0.1", port: 9 })();
    assert(!dialled.ok && dialled.fault.kind === "untrusted", what);
    assert.match(dialled.fault.sentence, /devices\.pem.*certificate/, what);
  }
});

test("modbus-tls: authorities that are half written cut nobody off; whole, they are in force", {
  skip,
}, async () => {
  const { dataFolder, authority, lay } = folder();
  const said: string[] = [];
  const log = {
    ...silentLog,
    error: (event: string) => said.push(event),
    info: (event: string) => said.push(event),
  };
  const clock = simulatedTime();
  let ended = 0;
  const listener = await listenSecured(
    dataFolder,
    {
      at: { host: "127.0.0.1", port: 0 },
      accept: (link) => link.listen({ bytes: () => {}, closed: () => ended++ }),
    },
    { clock, log },
  );
  closing.push(() => listener.close());
  const { port } = listener;
  const dialled = await dialSecured(dataFolder, { host: "127.0.0.1", port })();
  assert(dialled.ok);
  dialled.value.listen({ bytes: () => {}, closed: () => {} });
  const looked = async (event: string) => {
    const endMs = performance.now() + 10_000;
    while (!said.includes(event) && performance.now() < endMs) {
      await clock.advance(2_000);
      // Files are read in real time.
      await wait(5);
    }
  };
  lay("clients.pem", authority.ca.slice(0, 200));
  await looked("modbus-certificate-not-renewed");
  assert.deepEqual([ended, said], [0, ["modbus-certificate-not-renewed"]]);
  const other = modbusAuthority();
  closing.push(other.remove);
  lay("clients.pem", authority.ca + other.ca);
  await looked("modbus-certificate-renewed");
  assert.equal(said.length, 2);
});
