import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "./arguments.ts";

const good = ["--data", "D", "--csms", "wss://csms.x:9443"];
const rows: readonly (readonly [args: readonly string[], expected: RegExp | object])[] = [
  [
    good,
    { mode: "autonomous", dataFolder: "D", csmsUrl: "wss://csms.x:9443", host: "127.0.0.1", port: 9_444 },
  ],
  [
    [...good, "--port", "0", "--host", "::1", "--connect", "[::1]:80"],
    {
      mode: "autonomous",
      dataFolder: "D",
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
      csmsUrl: "wss://csms.x:1",
      connectTo: { host: "127.0.0.1", port: 1 },
      others: [{ csmsUrl: "wss://csms.x:2", connectTo: { host: "::1", port: 2 } }],
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
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
  [
    ["--data", "D", "--csms", "wss://csms.example/web/ocpp", "--mode", "transparent"],
    {
      mode: "transparent",
      dataFolder: "D",
      csmsUrl: "wss://csms.example/web/ocpp",
      host: "127.0.0.1",
      port: 9_444,
    },
  ],
  [
    ["--data", "D", "--csms", "ws://10.0.0.7:80", "--mode", "transparent"],
    { mode: "transparent", dataFolder: "D", csmsUrl: "ws://10.0.0.7:80", host: "127.0.0.1", port: 9_444 },
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
