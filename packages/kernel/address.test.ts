/** Spellings of addresses, and what they are counted under: tables that can be checked by hand. */
import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { test } from "node:test";
import { inRanges, isHost, plainAddress, readAddress, readRange, sourceKey } from "./address.ts";

test("each address has one spelling, and an IPv4 address is the same over either kind of socket", () => {
  const rows: readonly (readonly [sent: string, plain: string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "::1"],
    ["::", "::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["fe80::1%eth0", "fe80::1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ];
  for (const [sent, plain] of rows) {
    assert.equal(plainAddress(sent), plain, sent);
    assert.equal(plainAddress(plain), plain, "twice is once");
  }
});

test("what is no address stays what it is, and is in no range", () => {
  const none = [
    ...[
      "",
      "localhost",
      "1.2.3",
      "1.2.3.4.5",
      "01.2.3.4",
      "1.2.3.256",
      "1.2.3.4%eth0",
      "-1.2.3.4",
      "1.2.3.4 ",
    ],
    ...[":", ":::", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::"],
    ...["::1.2.3", "1.2.3.4::", "::1%a%b", "f".repeat(10_000), ":".repeat(10_000)],
  ];
  const everything = ["0.0.0.0/0", "::/0"].flatMap((text) => readRange(text) ?? []);
  assert.equal(everything.length, 2);
  for (const text of none) {
    assert.equal(readAddress(text), undefined, text);
    assert.equal(plainAddress(text), text);
    assert.equal(sourceKey(text), text);
    assert.equal(inRanges(text, everything), false, text);
  }
});

test("a source is an IPv4 address, or the /64 of an IPv6 address", () => {
  assert.equal(sourceKey("192.0.2.1"), "192.0.2.1");
  assert.equal(sourceKey("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(sourceKey("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::/64");
  assert.equal(sourceKey("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
  assert.notEqual(sourceKey("2001:db8:1:3::1"), sourceKey("2001:db8:1:2::1"));
});

test("ranges: the first and the last address are in, their neighbours are not", () => {
  const rows: readonly (readonly [range: string, address: string, within: boolean])[] = [
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["192.0.2.8/29", "192.0.2.15", true],
    ["192.0.2.8/29", "192.0.2.16", false],
    ["192.0.2.8/29", "::ffff:192.0.2.15", true],
    ["192.0.2.8", "192.0.2.8", true],
    ["192.0.2.8", "192.0.2.9", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["::1", "::1", true],
  ];
  for (const [text, address, within] of rows) {
    const range = readRange(text);
    assert(range, text);
    assert.equal(inRanges(address, [range]), within, `${address} in ${text}`);
  }
  for (const text of [
    "",
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "::/129",
    "10.0.0.0/8/8",
    "x",
  ]) {
    assert.equal(readRange(text), undefined, text);
  }
});

test("seeded noise: what this reader takes for an address is one to Node too, and the other way about", () => {
  let seed = 20_260_301;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const letters = "0123456789abcf::::..";
  let addresses = 0;
  for (let round = 0; round < 60_000; round++) {
    const from = ["::1", "1:2:3:4:5:6:7:8", "192.0.2.1", "::ffff:1.2.3.4", "1::8"][next(5)] ?? "";
    const at = next(from.length + 1);
    const text = from.slice(0, at) + (letters[next(letters.length)] ?? "") + from.slice(at + next(2));
    const bytes = readAddress(text);
    const kind = isIP(text);
    assert.equal(bytes !== undefined, kind !== 0, `seed 20260301, round ${round}: ${text}`);
    if (bytes === undefined) continue;
    addresses++;
    const same = new BlockList();
    const plain = plainAddress(text);
    same.addAddress(plain, plain.includes(":") ? "ipv6" : "ipv4");
    assert(same.check(text, kind === 6 ? "ipv6" : "ipv4"), `${text} is not ${plain}`);
  }
  assert(addresses > 5_000, `only ${addresses} were addresses`);
});

test("a host is a name or an address: no scheme, no port, no address that there cannot be", () => {
  const hosts = [
    "192.168.40.11",
    "::1",
    "fe80::1%eth0",
    "localhost",
    "meter.lan",
    "meter.lan.",
    "zähler-1.lan",
  ];
  for (const host of [...hosts, "a_b", "1password.example", "x".repeat(63)]) assert(isHost(host), host);
  const none = [
    "",
    ".",
    "a..b",
    "http://x",
    "x:502",
    "192.168.40.999",
    "1.2.3",
    "12",
    "192.168.040.11",
    "a b",
  ];
  for (const text of [...none, "-a", "a-", "x".repeat(64), "a.".repeat(127), "a/24", "a\n", "[::1]", "me@x"])
    assert(!isHost(text), text);
});
