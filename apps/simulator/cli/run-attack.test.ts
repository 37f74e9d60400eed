import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { readAttack, runAttack } from "./run-attack.ts";

test("attack: where nobody listens nothing is contained; who closes each connection unread contains it", async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const words = readAttack(["AT-M9", "--to", `127.0.0.1:${port}`, "--for", "1", "--json"]);
  assert(words.ok);
  assert.equal(await runAttack(words.value), 0);
  server.close();
  await once(server, "close");
  assert.equal(await runAttack(words.value), 1);
});
