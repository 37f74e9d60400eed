import assert from "node:assert/strict";
import { before, test } from "node:test";
import { keyUsageBits } from "./certificate.ts";
import { newKey, publicHalf } from "./files/key-store.ts";
import { issueServer, issueSite, issueStation } from "./issue.ts";
import { readPem } from "./pem.ts";
import { BACKDATED_MS, profiles, validityDays } from "./profiles.ts";
import { withRsaAuthorities } from "./rsa-authorities.ts";
import { ipAddressHex } from "./subject.ts";
import { makeWorld, newPublicKey, value, type World } from "./testing/world.ts";

const dayMs = 86_400_000;
let world: World;
let publicKey: Uint8Array;
before(async () => {
  world = await makeWorld();
  publicKey = await newPublicKey();
});

const station = (serial: string, days?: number) =>
  issueStation(world.authorities, { serial, publicKey, days }, world.ports);
const server = (...names: string[]) => issueServer(world.authorities, { names, publicKey }, world.ports);

test("a certificate begins a little before now and ends after its days, never after its issuer", async () => {
  const { certificate, chainPem } = value(await station("CP1", 30));
  const nowMs = world.clock.now().wallMs;
  assert.equal(certificate.notBeforeMs, nowMs - BACKDATED_MS);
  assert.equal(certificate.notAfterMs, nowMs + 30 * dayMs);
  const [leaf, ca, ...more] = readPem(chainPem, "CERTIFICATE");
  assert.deepEqual(leaf, certificate.der);
  assert.deepEqual(ca, world.authorities.station.certificate.der);
  assert.deepEqual(more, []);

  const late = await makeWorld();
  const caEndMs = late.authorities.site.certificate.notAfterMs;
  late.clock.setWall(caEndMs - 5 * dayMs);
  const site = value(await issueSite(late.authorities, { site: "north", publicKey }, late.ports));
  assert.equal(site.certificate.notAfterMs, caEndMs);
});

test("days have their limits", async () => {
  for (const days of [1, validityDays.stationMax]) assert((await station("CP1", days)).ok, `${days}`);
  for (const days of [0, -1, 1.5, Number.NaN, validityDays.stationMax + 1]) {
    assert(!(await station("CP1", days)).ok, `${days}`);
  }
});

test("serial numbers of certificates do not repeat, and are of 128 bits", async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++) seen.add(value(await station("CP1")).certificate.serial);
  assert.equal(seen.size, 50);
  assert([...seen].every((serial) => serial.length >= 26 && serial.length <= 32));
});

test("a station's serial number is no address, no URL, not empty, not long, and plain ASCII", async () => {
  for (const good of ["CP1", "SN.0042", "a*-_=+|@.Z", "x".repeat(48), "1.2.3", "1234567890"]) {
    assert((await station(good)).ok, good);
  }
  const bad = [
    "",
    "10.0.0.1",
    "::1",
    "fe80::1",
    "http://x",
    "a/b",
    "a b",
    "a\nb",
    "é",
    "x".repeat(49),
    "a,b",
    'a"b',
  ];
  for (const serial of bad) assert(!(await station(serial)).ok, serial);
});

test("a server's names are host names and addresses, the first a host name; its RSA key may also decrypt", async () => {
  const good = value(await server("csms.a.test", "localhost", "10.0.0.1", "fe80::1"));
  assert.equal(good.certificate.subject.cn, "csms.a.test");
  assert.equal(good.certificate.extensions.keyUsage, keyUsageBits.digitalSignature);
  const bad = [
    [],
    ["10.0.0.1"],
    ["*.a.test"],
    ["A.test"],
    ["a..test"],
    ["-a.test"],
    ["a_b.test"],
    ["a.test", "x y"],
  ];
  for (const names of [...bad, Array(21).fill("a.test"), [`${"a".repeat(60)}.test`]]) {
    assert(!(await server(...names)).ok, names.join(" "));
  }
  const rsa = publicHalf(await newKey("rsa-3072"));
  const decrypting = await issueServer(
    await withRsaAuthorities(world.authorities, world),
    { names: ["a.test"], publicKey: rsa },
    world.ports,
  );
  const { digitalSignature, keyEncipherment } = keyUsageBits;
  assert.equal(value(decrypting).certificate.extensions.keyUsage, digitalSignature | keyEncipherment);
  const client = await issueStation(world.authorities, { serial: "CP1", publicKey: rsa }, world.ports);
  assert.equal(value(client).certificate.extensions.keyUsage, digitalSignature, "a client never decrypts");
});

test("addresses are read as they are written, and nothing else is an address", () => {
  const table: [string, string | undefined][] = [
    ["127.0.0.1", "7f000001"],
    ["255.255.255.255", "ffffffff"],
    ["256.0.0.1", undefined],
    ["1.2.3", undefined],
    ["1.2.3.4.5", undefined],
    ["::", "0".repeat(32)],
    ["::1", `${"0".repeat(31)}1`],
    ["fe80::A", `fe80${"0".repeat(27)}a`],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:7", undefined],
    ["1:2:3:4:5:6:7:8:9", undefined],
    ["1::2::3", undefined],
    ["1:2:3:4:5:6:7::8", undefined],
    ["12345::", undefined],
    [":1", undefined],
    ["fe80::1%eth0", undefined],
    ["localhost", undefined],
    ["", undefined],
  ];
  for (const [name, expected] of table) assert.equal(ipAddressHex(name), expected, name);
});

test("profiles: nobody's certificate outlives the CA that signs it", () => {
  for (const { daysMax, days } of Object.values(profiles)) {
    assert(days <= daysMax && daysMax < validityDays.issuing);
  }
  assert(validityDays.issuing < validityDays.root);
});
