import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { silentLog, type UpgradeRequest } from "@wattward/kernel";
import { basicCredentials } from "@wattward/ocpp";
import { listenWires } from "@wattward/ocpp/websocket";
import { readStationsFolder, StationsFolderError } from "./stations-folder.ts";

const digits = "00112233445566778899aabbccddeeff00112233";

function folder(t: TestContext, station: object, password: string | undefined, mode = 0o600): string {
  const made = mkdtempSync(join(tmpdir(), "wattward-stations-"));
  t.after(() => rmSync(made, { recursive: true }));
  writeFileSync(join(made, "stations.json"), JSON.stringify([{ id: "CP-1", version: "1.6", ...station }]));
  mkdirSync(join(made, "CP-1"));
  if (password === undefined) return made;
  writeFileSync(join(made, "CP-1", "password"), `${password}\n`);
  chmodSync(join(made, "CP-1", "password"), mode);
  return made;
}

const read = (made: string, url: string) =>
  readStationsFolder(made, { url, connect: undefined, others: [] }, silentLog);

test("a station of security profile 1 shows HTTP Basic: 1.6 the bytes of its key, 2.x the text", async (t) => {
  const asked: UpgradeRequest[] = [];
  const server = await listenWires({
    ...{ host: "127.0.0.1", port: 0, tls: undefined, log: silentLog },
    upgrade: async (request) => {
      asked.push(request);
      return { kind: "refuse", status: 403, reason: "a test" };
    },
  });
  t.after(() => server.close());
  for (const version of ["1.6", "2.0.1", "2.1"]) {
    const made = folder(t, { version, securityProfile: 1 }, digits);
    const [station] = await read(made, `ws://127.0.0.1:${server.port}/ocpp`);
    await station?.dialer.dial("/CP-1", ["ocpp1.6"]);
    const shown = basicCredentials(asked.at(-1)?.authorization ?? "");
    assert.equal(shown?.user, "CP-1");
    const expected = version === "1.6" ? Buffer.from(digits, "hex") : Buffer.from(digits);
    assert.deepEqual(Buffer.from(shown?.password ?? []), expected, version);
  }
});

const wrong: [
  says: string,
  station: object,
  url: string,
  password: [string, number?] | undefined,
  sentence: RegExp,
][] = [
  ["a password that others can read", { securityProfile: 1 }, "ws://x/", [digits, 0o640], /chmod 600/],
  ["no password", { securityProfile: 1 }, "ws://x/", undefined, /prints what belongs in it/],
  ["profile 2 in the clear", { securityProfile: 2 }, "ws://x/", [digits], /profile 2 connects to a wss:/],
  ["profile 1 over TLS", { securityProfile: 1 }, "wss://x/", [digits], /profile 1 connects to a ws:/],
  ["profile 2 without a root", { securityProfile: 2 }, "wss://x/", [digits], /root\.pem/],
  ["no such profile", { securityProfile: 0 }, "ws://x/", [digits], /1, 2 or 3/],
];
for (const [says, station, url, password, sentence] of wrong) {
  test(`a stations folder with ${says} is refused, by name`, async (t) => {
    const made = folder(t, station, password?.[0], password?.[1]);
    await assert.rejects(read(made, url), (error) => {
      assert(error instanceof StationsFolderError);
      assert.match(error.message, sentence);
      assert(!error.message.includes(digits));
      return true;
    });
  });
}
