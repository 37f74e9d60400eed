/** Real unix sockets: the user at the other end, this one and, where the test may become another, that one. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { peerCredentials } from "./peer-credentials.ts";

const uidOf = await peerCredentials();
const skip = uidOf === undefined && "no SO_PEERCRED on this machine: another system than Linux, or no koffi";
const folder = mkdtempSync(join(tmpdir(), "wattward-peer-"));
const path = join(folder, "door.sock");
const accepted: ((socket: Socket) => void)[] = [];
const server = createServer((socket) => accepted.shift()?.(socket));
await new Promise<void>((resolve) => server.listen({ path, readableAll: true, writableAll: true }, resolve));
chmodSync(folder, 0o755);
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
const next = () => new Promise<Socket>((resolve) => accepted.push(resolve));

test("peer credentials: a process of this user; a socket that is closed cannot be asked", {
  skip,
}, async () => {
  const coming = next();
  const client = connect(path);
  const socket = await coming;
  assert.equal(uidOf?.(socket), process.getuid?.());
  client.destroy();
  socket.destroy();
  assert.equal(uidOf?.(socket), undefined);
});

const notRoot = process.getuid?.() !== 0 && "only root can run a process as another user";
const noTool = (() => {
  try {
    return execFileSync("setpriv", ["--version"], { stdio: "ignore" }) === undefined;
  } catch {
    return "no setpriv command on this machine";
  }
})();

test("peer credentials: a process of another user", { skip: skip || notRoot || noTool }, async () => {
  const coming = next();
  const say = `require("net").connect(${JSON.stringify(path)}).resume()`;
  const as = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const other = spawn("setpriv", [...as, process.execPath, "-e", say], { stdio: "ignore" });
  const socket = await coming;
  assert.equal(uidOf?.(socket), 65_534);
  socket.destroy();
  other.kill("SIGKILL");
});
