import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "./arguments.ts";

const passwords = { ports: { 1: 9_448, 2: 9_447 } };

const good = ["--data", "D", "--csms", "wss://csms.x:9443"];
const rows: readonly (readonly [args: readonly string[], expected: RegExp | object])[] = [
  [
    good,
    {
      mode: "autonomous",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.x:9443",
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
  [
    [...good, "--modbus-port", "0", "--modbus-tls-port", "802", "--modbus-host", "10.0.0.2"],
    {
      mode: "autonomous",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.x:9443",
      host: "127.0.0.1",
      port: 9_444,
      modbus: { host: "10.0.0.2", port: 0, tlsPort: 802 },
    },
  ],
  [[...good, "--modbus-port", "70000"], /--modbus-port/],
  [
    [...good, "--port", "0", "--host", "::1", "--connect", "[::1]:80"],
    {
      mode: "autonomous",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.x:9443",
      host: "::1",
      port: 0,
      connectTo: { host: "::1", port: 80 },
    },
  ],
  [
    ["--data", "D", "--csms", "wss://csms.x:1,wss://csms.x:2", "--connect", "127.0.0.1:1,[::1]:2"],
    {
      mode: "autonomous",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.x:1",
      connectTo: { host: "127.0.0.1", port: 1 },
      others: [{ csmsUrl: "wss://csms.x:2", connectTo: { host: "::1", port: 2 } }],
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
  [
    [...good, "--proxy-from", "10.0.0.1, fd00::/8"],
    {
      mode: "autonomous",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.x:9443",
      host: "127.0.0.1",
      port: 9_444,
      proxies: ["10.0.0.1", "fd00::/8"],
    },
  ],
  [[...good, "--proxy-from", "balancer"], /--proxy-from: 'balancer' is neither an address nor a range/],
  [[...good, "--proxy-from", "10.0.0.1,0.0.0.0/0"], /'0\.0\.0\.0\/0' is everybody.*name the proxies/],
  [[...good, "--proxy-from", "::/0"], /'::\/0' is everybody/],
  [["--data", "D", "--csms", "wss://a,ws://b"], /wss:\/\//],
  [["--data", "D", "--csms", "wss://a,wss://b", "--connect", "h:1"], /one for each/],
  [["--data", "D", "--csms", Array(17).fill("wss://a").join()], /more than 16/],
  [["--csms", "wss://x"], /--data DIR is missing/],
  [["--data", "D"], /--csms URL is missing/],
  [["--data", "D", "--csms", "ws://x"], /wss:\/\//],
  [["--data", "D", "--csms", "nonsense"], /wss:\/\//],
  [[...good, "--port", "65536"], /--port is a number/],
  [[...good, "--port", "-1"], /port/],
  [[...good, "--connect", "host"], /HOST:PORT/],
  [[...good, "--connect", "host:99999"], /HOST:PORT/],
  [[...good, "--log-level", "loud"], /--log-level is one of/],
  [[...good, "--station-frames-per-second", "0"], /--station-frames-per-second is a number from 1/],
  [[...good, "--station-frames-per-second", "many"], /--station-frames-per-second is a number from 1/],
  [[...good, "--mode", "transparent", "--station-frames-per-second", "9"], /is for --mode autonomous/],
  [
    ["--data", "D", "--csms", "wss://csms.example/web/ocpp", "--mode", "transparent"],
    {
      mode: "transparent",
      dataFolder: "D",
      passwords,
      csmsUrl: "wss://csms.example/web/ocpp",
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
  [
    ["--data", "D", "--csms", "ws://10.0.0.7:80", "--mode", "transparent"],
    {
      mode: "transparent",
      dataFolder: "D",
      passwords,
      csmsUrl: "ws://10.0.0.7:80",
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
  [["--data", "D", "--csms", "ws://csms.example", "--mode", "transparent"], /in the clear/],
  [["--data", "D", "--csms", "wss://me:secret@x", "--mode", "transparent"], /without credentials/],
  [["--data", "D", "--csms", "wss://x/?token=1", "--mode", "transparent"], /without credentials/],
  [["--data", "D", "--csms", "https://x", "--mode", "transparent"], /a URL like wss:/],
  [[...good, "--mode", "loud"], /--mode is autonomous or transparent/],
  [[...good, "--unknown"], /unknown/i],
  [[...good, "more"], /more/],
];

for (const [args, expected] of rows) {
  test(`site's arguments: ${args.join(" ")}`, () => {
    const given = asked(args);
    if (expected instanceof RegExp)
      assert.match(given.kind === "wrong" ? given.sentence : given.kind, expected);
    else assert.deepEqual(given.kind === "run" && given.settings, expected);
  });
}

test("arguments: the listeners for passwords, of which the one in the clear wants a private address", () => {
  const given = asked([
    ...["--data", "D", "--csms", "wss://csms.x:9443", "--profile2-port", "1", "--profile1-port", "2"],
    ...["--profile1-host", "10.0.0.9"],
  ]);
  assert(given.kind === "run");
  assert.deepEqual(given.settings.passwords, { ports: { 1: 2, 2: 1 }, profile1Host: "10.0.0.9" });
  for (const host of ["203.0.113.5", "0.0.0.0", "::", "example.org", "2001:db8::1"]) {
    const wrong = asked(["--data", "D", "--csms", "wss://csms.x:9443", "--profile1-host", host]);
    assert(wrong.kind === "wrong" && /private address/.test(wrong.sentence), host);
  }
  const port = asked(["--data", "D", "--csms", "wss://csms.x:9443", "--profile1-port", "70000"]);
  assert.equal(port.kind, "wrong");
});
