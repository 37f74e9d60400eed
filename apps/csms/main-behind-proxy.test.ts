/** The central system behind a load balancer, and on both families of addresses: its options, at a real process. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { test } from "node:test";
import { csmsProcess, ended, entry, quiet } from "./testing/csms-process.ts";

const { data, start } = csmsProcess();
/** Version 2 of the PROXY protocol: TCP over IPv4, from 203.0.113.7 port 4242 to 203.0.113.8 port 443. */
const HEADER = Buffer.from("0d0a0d0a000d0a515549540a2111000ccb007107cb007108109201bb", "hex");

/** Sends bytes from an address of this machine, and waits for the end. */
const refused = (port: number, localAddress: string, bytes: Buffer) =>
  new Promise<void>((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress }, () => socket.write(bytes));
    socket.on("error", () => {}).on("close", () => resolve());
    socket.resume();
  });

test("--proxy-from: the address of a listed proxy's header is the one that counts, and only a listed one's", async () => {
  const { child, port, err } = await start("--host", "::", "--proxy-from", "127.0.0.3, 10.0.0.0/8").catch(
    async (error: unknown) => {
      assert.match(String(error), /no address of this machine/, "anything but a machine without IPv6");
      return start("--proxy-from", "127.0.0.3,10.0.0.0/8");
    },
  );
  const noTls = Buffer.concat([HEADER, Buffer.from("no TLS")]);
  await refused(port, "127.0.0.3", noTls);
  await refused(port, "127.0.0.3", Buffer.from("PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n"));
  await refused(port, "127.0.0.2", noTls);
  child.kill("SIGTERM");
  await ended(child);
  const lines = err()
    .split("\n")
    .filter((line) => /"(handshake-failed|proxy-header-refused)"/.test(line));
  assert.equal(lines.length, 3, err());
  assert.match(lines[0] ?? "", /"handshake-failed".*"203\.0\.113\.7"/);
  assert.match(lines[1] ?? "", /"proxy-header-refused".*"127\.0\.0\.3".*version 1 \(text\)/);
  assert.match(lines[2] ?? "", /"handshake-failed".*"127\.0\.0\.2".*not among the listed proxies/);
});

test("--proxy-from names what is neither an address nor a range, and nothing starts", () => {
  for (const list of ["10.0.0.1/8", "balancer", "", "127.0.0.3,"]) {
    const words = [quiet, entry("main.ts"), "--data", data, "--port", "0", "--proxy-from", list];
    const done = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 20_000 });
    assert.notEqual(done.status, 0);
    assert.match(done.stderr, /--proxy-from: '.*' is neither an address nor a range/, list);
  }
  const words = [quiet, entry("main.ts"), "--data", data, "--port", "0", "--proxy-from", "10.0.0.1,::/0"];
  const done = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 20_000 });
  assert.equal(done.status, 2);
  assert.match(done.stderr, /--proxy-from: '::\/0' is everybody/);
});
