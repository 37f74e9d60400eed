/** Dialling on plain sockets; what concerns certificates is in tls.test.ts. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { dialPlain } from "../testing/listener.ts";
import { dialer } from "./index.ts";

test("dialer: nothing there, a silent server and a name that resolves to nothing are unreachable", async () => {
  const { createServer } = await import("node:net");
  const mute = createServer(() => {});
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const address = mute.address();
  assert(address !== null && typeof address === "object");
  const limits = { connectMsMax: 500, upgradeMsMax: 60 };
  const options = { log: silentLog, limits };
  const results = await Promise.all([
    dialer({ url: `ws://127.0.0.1:${address.port}`, ...options }).dial("/x", ["ocpp1.6"]),
    dialer({ url: "ws://127.0.0.1:1", ...options }).dial("/x", ["ocpp1.6"]),
    dialer({ url: "ws://nowhere.invalid", ...options }).dial("/x", ["ocpp1.6"]),
  ]);
  const malformed = await dialPlain(address.port, "/x", ["not a token"]);
  mute.close();
  for (const result of results)
    assert(!result.ok && result.fault.kind === "unreachable", JSON.stringify(result));
  assert(!malformed.ok && malformed.fault.kind === "refused");
});

test("dialer: a wrong configuration throws when it is made, not when it dials", () => {
  const log = silentLog;
  assert.throws(() => dialer({ url: "https://csms.wattward.test", log }), /wss: or ws:/);
  assert.throws(() => dialer({ url: "wss://csms.wattward.test", log }), /tls options/);
  assert.throws(() => dialer({ url: "no address", log }));
  const tls = { ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" };
  assert.throws(() => dialer({ url: "wss://csms.wattward.test", tls, log }));
});
