/** A table of who may say what to the supervisor: everything else is forged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChildMessage } from "./protocol.ts";
import { maySay, type Rights } from "./rights.ts";

const messages: { readonly [K in ChildMessage["kind"]]: ChildMessage } = {
  beat: { kind: "beat" },
  listening: { kind: "listening", port: 1 },
  "cannot-run": { kind: "cannot-run", sentence: "" },
  "password-port": { kind: "password-port", profile: 1, port: 1 },
  upstreams: { kind: "upstreams", stations: {} },
  observed: { kind: "observed", what: "site.mode", detail: "" },
  wall: { kind: "wall", wallMs: 0 },
};
const own = ["beat", "listening", "cannot-run"];
const rows: readonly [string, Rights, readonly string[]][] = [
  ["local controller", { vital: true, hands: "wall" }, [...own, "password-port", "upstreams", "wall"]],
  ["Modbus guard", { vital: false, hands: "observed" }, [...own, "observed"]],
  ["energy controller", { vital: false }, own],
];
for (const [name, rights, may] of rows)
  test(`supervisor: the ${name} may say ${may.join(", ")}, and nothing else`, () => {
    const said = Object.values(messages).filter((message) => maySay(rights, message));
    assert.deepEqual(
      said.map(({ kind }) => kind),
      may,
    );
  });
