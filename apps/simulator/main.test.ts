/** The program itself, as a person or the demo starts it: real processes, real files, mutual TLS on loopback. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { listenWires } from "@wattward/ocpp/websocket";
import { opensslMissing, testAuthority } from "./testing/certificates.ts";
import { FakeCsms } from "./testing/fake-csms.ts";

const skip = opensslMissing();
const folder = mkdtempSync(join(tmpdir(), "wattward-simulator-"));
after(() => rmSync(folder, { recursive: true, force: true }));

type Reply = { [key: string]: unknown };
const charging = (reply: Reply | undefined): boolean =>
  ((reply?.transactions ?? { started: 0 }) as { started: number }).started > 0;

type Steer = (child: ChildProcessWithoutNullStreams, replies: readonly Reply[]) => void;

/** Runs the program, telling it each of `lines` in turn when the last has been answered; then `steer` goes on. */
async function run(args: readonly string[], lines: readonly string[] = [], steer: Steer = () => {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);
  const replies: Reply[] = [];
  let said = "";
  let errors = "";
  let asked = 0;
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
    for (let end = said.indexOf("\n"); end >= 0; end = said.indexOf("\n")) {
      const reply = JSON.parse(said.slice(0, end)) as Reply;
      replies.push(reply);
      said = said.slice(end + 1);
      if (asked < lines.length) child.stdin.write(`${lines[asked++]}\n`);
      else if (reply.kind === "reply") steer(child, replies);
    }
  });
  if (lines.length > 0) child.stdin.write(`${lines[asked++]}\n`);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, replies, errors };
}

describe("main", { concurrency: true }, () => {
  test("stations of each version charge over mutual TLS, steered by lines; the files tell all of it", {
    skip,
    timeout: 20_000,
  }, async () => {
    const issue = testAuthority(folder);
    const server = issue("server", "subjectAltName=DNS:csms.test\nextendedKeyUsage=serverAuth\n");
    issue("A1", "extendedKeyUsage=clientAuth\n", "a passphrase of some length");
    issue("B1", "extendedKeyUsage=clientAuth\n");
    issue("C1", "extendedKeyUsage=clientAuth\n");
    const csms = new FakeCsms(systemClock());
    const chains: number[] = [];
    const listening = await listenWires({
      host: "127.0.0.1",
      port: 0,
      tls: { identities: [server], clients: { kind: "required", ca: [server.root], judge: "openssl" } },
      upgrade: (request) => {
        chains.push(request.peer.certificateChain?.length ?? 0);
        return csms.upgrade(request);
      },
      log: silentLog,
    });
    const stations = [
      { id: "A1", version: "1.6", evses: 1, maxKw: 22 },
      { id: "B1", version: "2.0.1", evses: 2, maxKw: 150 },
      { id: "C1", version: "2.1", evses: 1, maxKw: 22 },
    ];
    writeFileSync(join(folder, "stations.json"), JSON.stringify(stations));
    const out = join(folder, "out");
    const { code, errors, replies } = await run(
      [
        ...["--stations", folder, "--out", out, "--url", "wss://csms.test/ocpp", "--seed", "3"],
        ...["--connect", `127.0.0.1:${listening.port}`, "--session-s", "1-2", "--gap-s", "0-0"],
        ...["--for", "3", "--sample-s", "1", "--fault", "link-cut,at=1,for=1,station=A1"],
      ],
      ['{"do":"status"}', '{"do":"dance"}', '{"do":"fault","what":"crash","station":"nobody"}'],
    );
    await listening.close();
    assert.equal(code, 0, errors);
    assert(chains.length >= 2 && chains.every((length) => length > 0), "each showed its certificate");
    assert.match(String(replies[1]?.error), /"do" is/);
    assert.match(String(replies[2]?.error), /no station/);
    const last = replies.at(-1)!;
    assert.equal(last.kind, "summary");
    assert.equal(last.finished, "emptied");
    assert.deepEqual(last.versions, ["1.6", "2.0.1", "2.1"]);
    assert(Number(last.energyWh) > 0, "energy was delivered");
    const sent = readFileSync(join(out, "sent.jsonl"), "utf8").trim().split("\n");
    const ids = new Set(sent.map((line) => JSON.parse((JSON.parse(line) as { frame: string }).frame)[1]));
    for (const { action, id } of csms.heard)
      assert(ids.has(id), `${action} ${id} was sent and not written down`);
  });

  test("SIGTERM ends it within seconds, with a summary that owns up to what nobody answered", {
    timeout: 20_000,
  }, async () => {
    const stations = join(folder, "lonely");
    mkdirSync(stations);
    const list = [{ id: "L1", version: "2.0.1", evses: 1, url: "ws://127.0.0.1:1" }];
    writeFileSync(join(stations, "stations.json"), JSON.stringify(list));
    const args = [
      "--stations",
      stations,
      "--out",
      join(folder, "lonely-out"),
      "--session-s",
      "60-60",
      "--gap-s",
      "0-0",
    ];
    const { code, replies } = await run(args, ['{"do":"status"}'], (child, seen) => {
      if (charging(seen.at(-1))) child.kill("SIGTERM");
      else setTimeout(() => child.stdin.write('{"do":"status"}\n'), 100);
    });
    assert.equal(code, 1);
    const last = replies.at(-1)!;
    assert.equal(last.kind, "summary");
    assert.equal(last.delivered, false);
    assert.equal(last.finished, "deadline");
    assert.deepEqual(last.transactions, { started: 1, ended: 1 });
  });

  for (const [what, args, expected] of [
    ["no folder", ["--out", folder, "--stations", join(folder, "none")], /Cannot read .*stations\.json/],
    ["no --out", ["--stations", folder], /--out is missing/],
    ["an unknown option", ["--station", folder], /--station/],
  ] as const) {
    test(`${what} ends with 2 and a sentence`, { timeout: 10_000 }, async () => {
      const { code, errors } = await run(args);
      assert.equal(code, 2);
      assert.match(errors, expected);
    });
  }
});
