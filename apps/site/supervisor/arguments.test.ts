import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "./arguments.ts";

const good = ["--data", "D", "--csms", "wss://csms.x:9443"];
const rows: readonly (readonly [args: readonly string[], expected: RegExp | object])[] = [
  [good, { dataFolder: "D", csmsUrl: "wss://csms.x:9443", host: "127.0.0.1", port: 9_444 }],
  [
    [...good, "--port", "0", "--host", "::1", "--connect", "[::1]:80"],
    {
      dataFolder: "D",
      csmsUrl: "wss://csms.x:9443",
      host: "::1",
      port: 0,
      connectTo: { host: "::1", port: 80 },
    },
  ],
  [["--csms", "wss://x"], /--data DIR is missing/],
  [["--data", "D"], /--csms URL is missing/],
  [["--data", "D", "--csms", "ws://x"], /wss:\/\//],
  [["--data", "D", "--csms", "nonsense"], /wss:\/\//],
  [[...good, "--port", "65536"], /--port is a number/],
  [[...good, "--port", "-1"], /port/],
  [[...good, "--connect", "host"], /HOST:PORT/],
  [[...good, "--connect", "host:99999"], /HOST:PORT/],
  [[...good, "--log-level", "loud"], /--log-level is one of/],
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
