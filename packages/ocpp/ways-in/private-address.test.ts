import assert from "node:assert/strict";
import { test } from "node:test";
import { isPrivateAddress, notPrivate } from "./private-address.ts";

test("security profile 1 listens where the public network does not reach, and says so where it would", () => {
  const rows: [host: string, may: boolean][] = [
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["localhost", true],
    ["::1", true],
    ["10.0.0.1", true],
    ["172.16.0.1", true],
    ["172.31.255.255", true],
    ["192.168.7.7", true],
    ["169.254.1.1", true],
    ["fd00:1::1", true],
    ["fc00::1", true],
    ["fe80::1", true],
    ["fe80::1%eth0", true],
    ["::ffff:10.0.0.1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["172.15.255.255", false],
    ["172.32.0.0", false],
    ["192.169.0.1", false],
    ["203.0.113.5", false],
    ["100.64.0.1", false],
    ["2001:db8::1", false],
    ["fec0::1", false],
    ["::ffff:203.0.113.5", false],
    ["localhost.example", false],
    ["010.0.0.1", false],
    ["10.0.0", false],
    ["", false],
  ];
  for (const [host, may] of rows) {
    assert.equal(isPrivateAddress(host), may, host);
    assert.equal(notPrivate(host, "--profile1-host") === undefined, may, host);
  }
  assert.match(notPrivate("0.0.0.0", "--profile1-host") ?? "", /clear.*'0\.0\.0\.0'.*--profile1-host/);
});
