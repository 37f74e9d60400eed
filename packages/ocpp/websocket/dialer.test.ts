/** Dialling on plain sockets; what concerns certificates is in tls.test.ts. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { dialPlain, listener } from "../testing/listener.ts";
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

test("dialer: Basic credentials go with the request, bytes as they are; a peer that agrees to no protocol is told apart", async () => {
  const heads: string[] = [];
  const { createServer } = await import("node:http");
  const refusing = createServer();
  refusing.on("upgrade", (message, socket) => {
    heads.push(String(message.headers.authorization));
    socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
  });
  refusing.listen(0, "127.0.0.1");
  await once(refusing, "listening");
  const address = refusing.address();
  assert(address !== null && typeof address === "object");
  const basic = { user: "CS1", password: new Uint8Array([0xc3, 0xa9, 0x3a, 0xff]) };
  const refused = await dialer({ url: `ws://127.0.0.1:${address.port}`, basic, log: silentLog }).dial(
    "/CS1",
    [],
  );
  refusing.close();
  assert(!refused.ok && refused.fault.status === 401 && refused.fault.noProtocol === undefined);
  const sent = Buffer.from(heads[0]?.replace("Basic ", "") ?? "", "base64");
  assert.deepEqual(sent, Buffer.concat([Buffer.from("CS1:"), basic.password]));

  const mute = await listener({
    upgrade: async () => ({ kind: "accept", protocol: "", opened: (wire) => wire.close(1002, "none") }),
  });
  const unagreed = await dialPlain(mute.port, "/ocpp/CS1", ["ocpp1.6"]);
  await mute.server.close();
  assert(!unagreed.ok && unagreed.fault.kind === "refused" && unagreed.fault.noProtocol === true);
});
