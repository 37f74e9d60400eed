/** Whom a transparent site lets in: by the certificate alone, by a file, by the bundle of before; and which paths go on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBundle, signed } from "../testing/fake-csms.ts";
import { SITE, TransparentWorld } from "./testing/world.ts";

test("door: who is known: by the certificate alone, by the file, by the bundle of before; a denial holds in each", async () => {
  const alone = await new TransparentWorld(7).start();
  assert.equal(alone.site.status().roster, "station-ca");
  assert.equal(typeof (await alone.knock("A")), "object");
  assert.equal(await alone.knock("B", { facts: { cn: "A" } }), 403, "A's certificate under B's id");
  assert.equal(await alone.knock("C", { facts: { issuer: "elsewhere" } }), 401);
  assert.equal(await alone.knock("C", { facts: "none" }), 401);

  const file = {
    stations: [{ id: "A", serial: "SN-A" }],
    deny: [{ kind: "key", spkiSha256: "d".repeat(64) }],
  };
  const listed = await (await new TransparentWorld(8).stationsFile(file)).start();
  assert.equal(listed.site.status().roster, "file");
  assert.equal(typeof (await listed.knock("A", { facts: { cn: "SN-A" } })), "object");
  assert.equal(await listed.knock("A", { facts: { cn: "A" } }), 403);
  assert.equal(await listed.knock("B"), 403, "not in the file");
  assert.equal(await listed.knock("A", { facts: { cn: "SN-A", spkiSha256: "d".repeat(64) } }), 401);

  const before = new TransparentWorld(9);
  const bundle = fakeBundle(SITE, ["A"], { deny: [{ kind: "key", spkiSha256: "e".repeat(64) }] });
  const shelf = new TextEncoder().encode(JSON.stringify(signed(bundle)));
  await before.disk.boot().replace("state/bundle.json", shelf);
  await before.start();
  assert.equal(before.site.status().roster, "bundle");
  assert.equal(typeof (await before.knock("A", { facts: { cn: "SN-A" } })), "object");
  assert.equal(await before.knock("B"), 403);
  assert.equal(await before.knock("A", { facts: { cn: "SN-A", spkiSha256: "e".repeat(64) } }), 401);

  const both = new TransparentWorld(10);
  await both.disk.boot().replace("state/bundle.json", shelf);
  await (await both.stationsFile({ stations: [{ id: "B", serial: "B" }] })).start();
  assert.equal(typeof (await both.knock("B")), "object");
  assert.equal(await both.knock("A", { facts: { cn: "SN-A" } }), 403, "the file decides who");
  assert.equal(await both.knock("B", { facts: { spkiSha256: "e".repeat(64) } }), 401, "the bundle whom not");
});

const wrongFiles: readonly (readonly [content: object | string, says: RegExp])[] = [
  ["{", /is not JSON/],
  [[], /is not \{"stations"/],
  [{ stations: {} }, /is not \{"stations"/],
  [{ stations: [], more: 1 }, /unknown field 'more'/],
  [{ stations: [{ id: "A:B", serial: "1" }] }, /stations\[0\].id must be a station id/],
  [{ stations: [{ id: "A" }] }, /stations\[0\].serial is missing/],
  [{ stations: [null] }, /stations\[0\].id is missing/],
  [{ stations: [{ id: "A", serial: "1", pasword: "x" }] }, /unknown field 'pasword'/],
  [{ stations: [{ id: "A", serial: "1", password: "" }] }, /stations\[0\] has a password that is none/],
  [{ stations: [{ id: "A", serial: "1", password: 5 }] }, /has a password that is none/],
  [{ stations: [{ id: "A", serial: "1", password: "x".repeat(65) }] }, /1 to 64 bytes/],
  [{ stations: [{ id: "A", serial: "1", passwordHex: "abc" }] }, /has a password that is none/],
  [{ stations: [{ id: "A", serial: "1", password: "x", passwordHex: "ab" }] }, /has a password that is none/],
  [
    {
      stations: [
        { id: "A", serial: "1" },
        { id: "A", serial: "2" },
      ],
    },
    /stations\[1\] names a station that is named before/,
  ],
  [{ stations: [], deny: [{ kind: "all" }] }, /deny\[0\].kind must be one of/],
  [{ stations: [], __proto__: null, deny: 5 }, /is not \{"stations"/],
];
for (const [content, says] of wrongFiles) {
  test(`door: stations.json is refused with the place: ${JSON.stringify(content).slice(0, 80)}`, async () => {
    const world = await new TransparentWorld(11).stationsFile(content);
    await assert.rejects(
      world.startSite(),
      (error: Error) => error.name === "NoRoster" && says.test(error.message),
    );
  });
}

test("door: without an authority of stations there is nothing to check a certificate by, and the site says what to do", async () => {
  const world = new TransparentWorld(12);
  world.stationCa = undefined;
  await assert.rejects(world.startSite(), /station-ca\.pem.*pki issue site/);
});

test("door: only plain paths that end in a station's id go on to the CSMS", async () => {
  const world = await new TransparentWorld(13).start();
  const bad = [
    "/",
    "/ocpp/..",
    "/ocpp/../A",
    "/a/%2e%2E/A",
    "/a/./A",
    "/a\\b/A",
    "/a#b/A",
    "/a b/A",
    "/ocpp/A:B",
    "/ocpp/%",
    "A",
    `/${"a/".repeat(600)}A`,
  ];
  for (const path of bad) assert.equal(await world.knock("A", { path }), 404, path);
  assert.deepEqual(world.csms.asked, []);
  for (const path of ["/ocpp/A", "/A", "/web/services/A", "/ocpp/A/", "/ocpp/%41"]) {
    const heard = await world.connect("A", { path });
    assert.equal(world.csms.sockets.at(-1)?.path, path, "the same path (§6.2)");
    heard.wire.close(1000, "");
    await world.time.advance(1_000);
  }
});

test("door: where the CSMS has an endpoint of its own, the station's id is appended to it, as it was encoded", async () => {
  const world = new TransparentWorld(14);
  world.hasEndpoint = true;
  await world.start();
  await world.connect("A|1", { path: "/ocpp/A%7C1" });
  assert.equal(world.csms.sockets[0]?.path, "/A%7C1");
});
