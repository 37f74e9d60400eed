/** The bus on a real NATS: wakes arrive, one server's death is outlived, passwords and TLS are what they claim. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { afterEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { jsonLog, systemChance, systemClock } from "@wattward/kernel/node";
import type { Bus } from "../nodes/bus.ts";
import { localBus } from "../nodes/bus.ts";
import { natsPlace } from "../nodes/nats-place.ts";
import { natsServer } from "../store/testing/nats-server.ts";
import { type NatsFiles, natsBus } from "./nats-bus.ts";

// First of all: a file whose first tests are over before this is there has ended.
const server = await natsServer();
const SOON_MS = 20_000;

function heard(bus: Bus): { readonly count: number } {
  const seen = { count: 0 };
  bus.subscribe(() => void seen.count++);
  return seen;
}

async function eventually(what: string, look: () => boolean): Promise<void> {
  for (const endMs = performance.now() + SOON_MS; !look(); await wait(10))
    assert(performance.now() < endMs, `${what}: not within ${SOON_MS} ms`);
}

test("local bus: each wakes the others, never itself, and nobody after it has left", async () => {
  const join = localBus();
  const [a, b, c] = [join(), join(), join()];
  const seen = [a, b, c].map(heard);
  a.publish();
  assert.deepEqual(
    seen.map(({ count }) => count),
    [0, 1, 1],
  );
  await c.close();
  b.publish();
  assert.deepEqual(
    seen.map(({ count }) => count),
    [1, 1, 1],
  );
});

if ("skip" in server) test("nats bus", { skip: server.skip }, () => {});
else {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), "debug");
  const open = (url: string, files: NatsFiles = {}, password?: string) => {
    const place = natsPlace(url);
    assert(place.ok);
    const at = { ...place.value, ...(password !== undefined && { password }) };
    const bus = natsBus(at, files, { clock: systemClock(), chance: systemChance, log });
    opened.push(bus);
    return bus;
  };
  const opened: Bus[] = [];
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });
  /** Two on one database, connected. */
  const pair = async (url: string, cluster: string) => {
    const both = [open(url), open(url)] as const;
    for (const bus of both) bus.begin(cluster);
    for (const bus of both) await eventually("connected", () => bus.trouble() === undefined);
    return both;
  };

  test("nats bus: a wake reaches the others of its database, and neither itself nor another database's", async () => {
    const [a, b] = await pair(server.url, "one");
    const [other] = await pair(server.url, "two");
    await wait(100);
    const [own, theirs, strange] = [heard(a), heard(b), heard(other)];
    a.publish();
    await eventually("heard", () => theirs.count > 0);
    await wait(50);
    assert.deepEqual([own.count, theirs.count, strange.count], [0, 1, 0]);
  });

  test("nats bus: commits gather: a thousand in a moment wake the others a few times", async () => {
    const [a, b] = await pair(server.url, "many");
    await wait(100);
    const theirs = heard(b);
    for (let n = 0; n < 1_000; n++) a.publish();
    await eventually("heard", () => theirs.count > 0);
    await wait(100);
    assert(theirs.count <= 3, `${theirs.count} wakes`);
  });

  test("nats bus: the server is killed: it says so and keeps nothing; it is back: it is heard, and looks at once", async () => {
    const [a, b] = await pair(server.url, "death");
    const theirs = heard(b);
    await server.kill();
    for (const bus of [a, b]) await eventually("away", () => bus.trouble() !== undefined);
    for (let n = 0; n < 1_000; n++) a.publish();
    await wait(50);
    assert.equal(theirs.count, 0);
    await server.start();
    for (const bus of [a, b]) await eventually("back", () => bus.trouble() === undefined);
    assert.equal(theirs.count, 1, "one look for all that it may have missed, and none of the thousand");
    a.publish();
    await eventually("heard again", () => theirs.count > 1);
  });

  test("nats bus: a server that says nothing any more, without an end, is found out", async () => {
    const [a] = await pair(server.url, "frozen");
    server.freeze();
    try {
      await eventually("found out", () => a.trouble() !== undefined);
    } finally {
      server.thaw();
    }
    await eventually("back", () => a.trouble() === undefined);
  });

  test("nats bus: never begun, or away for ever, it closes at once", async () => {
    await open(server.url).close();
    const nowhere = open("nats://127.0.0.1:1");
    nowhere.begin("x");
    await eventually("tried", () => nowhere.trouble() !== "not connected yet");
    nowhere.publish();
    await nowhere.close();
  });

  test("nats bus: what others publish on the subject is a wake whatever it says; noise is no harm", async () => {
    const [a] = await pair(server.url, "noise");
    await wait(100);
    const own = heard(a);
    const raw = connect(server.port, "127.0.0.1");
    const bytes = (text: string) => void raw.write(Buffer.from(text, "latin1"));
    bytes('CONNECT {"verbose":false}\r\n');
    for (const said of ['{"seq":1}', "", "\0\xff{"]) {
      for (let n = 0; n < 20; n++) bytes(`PUB wattward.noise.committed ${said.length}\r\n${said}\r\n`);
    }
    await eventually("heard", () => own.count > 10);
    raw.destroy();
    assert.equal(a.trouble(), undefined);
  });

  test("nats bus: user and password; a wrong one is tried again, and is in no log", async () => {
    const guarded = await natsServer('authorization { user: wattward, password: "s3cret-word" }');
    assert(!("skip" in guarded));
    const at = guarded.url.replace("//", "//wattward@");
    const wrong = open(at, {}, "s3cret-wrong");
    wrong.begin("auth");
    await eventually("refused", () => /authorization/i.test(wrong.trouble() ?? ""));
    const right = open(at, {}, "s3cret-word");
    right.begin("auth");
    await eventually("connected", () => right.trouble() === undefined);
    assert(!lines.some((line) => line.includes("s3cret")));
    await guarded.kill();
  });

  test("nats bus: where TLS is wanted and the server has none, nothing is said to it", async () => {
    const bus = open(server.url.replace("nats:", "tls:"), {}, "s3cret");
    bus.begin("tls");
    await eventually("refused", () => /tls/i.test(bus.trouble() ?? ""));
  });

  test("nats bus: a file that is not there is said at once", () => {
    assert.throws(() => open(server.url, { creds: "/nowhere/user.creds" }), /ENOENT/);
  });
}
