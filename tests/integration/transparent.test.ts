/**
 * The transparent site on real processes, sockets and certificates, towards a CSMS that none of us wrote: another
 * operator's, with authorities of its own, strict by its own schemas. Stations are the simulator's, which queue and
 * repeat by themselves; the site adds nothing, loses nothing, and turns nothing round.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { systemChance, systemClock } from "@wattward/kernel/node";
import type { OcppVersion } from "@wattward/ocpp";
import { openOrCreateAuthorityFiles } from "@wattward/pki/files";
import { issueSiteFolder } from "../../apps/csms/cli/pki/issue-site.ts";
import { issueStationFolder } from "../../apps/csms/cli/pki/issue-station.ts";
import { addStation } from "../../apps/csms/cli/station/add.ts";
import { DOMAIN, logOf, ready } from "../../demo/plant.ts";
import { type Program, readJson, start, stop } from "../../demo/programs.ts";
import { authorize, available, boot, Session } from "./rig/charging.ts";
import { FOREIGN_NAME, ForeignCsms, foreignOperator } from "./rig/foreign-csms.ts";
import { localControllerPid, type Site, stationFolder, stationIdentity } from "./rig/operator.ts";
import { Relay } from "./rig/relay.ts";
import { Station } from "./rig/station.ts";
import { inOrder, linesOf } from "./rig/told.ts";
import { eventually, SOON_MS, tailOf, workplace } from "./rig/workplace.ts";

const out = workplace("transparent");
const context = { out: () => {}, err: () => {}, env: {} };
let other: Awaited<ReturnType<typeof foreignOperator>>;

/** An operator that has authorities and no central system: `pki init`, and identities out of it. */
before(
  async () => {
    const ports = { chance: systemChance, clock: systemClock() };
    await openOrCreateAuthorityFiles(join(out, "csms"), { ...ports, operatorName: "Op", domain: DOMAIN });
    other = await foreignOperator(out);
  },
  { timeout: 60_000 },
);

const issueStations = async (ids: readonly string[]) => {
  for (const id of ids) {
    await issueStationFolder([id, "--out", stationFolder(out, id), "--data", join(out, "csms")], context);
  }
};
const issueSite = (site: string) =>
  issueSiteFolder([site, "--out", join(out, site, "site"), "--data", join(out, "csms")], context);

/** Lays a file into what the site knows of its CSMS. */
function upstream(site: string, name: string, content: string): void {
  const folder = join(out, site, "site", "upstream");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}

type Towards = { readonly url: string; readonly port: number };

async function siteOn(site: string, { url, port }: Towards): Promise<Site> {
  const home = join(out, site);
  mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 });
  const said = tailOf(logOf(home, "site"));
  const to = ["--csms", url, "--connect", `127.0.0.1:${port}`, "--mode", "transparent"];
  const args = ["--data", join(home, "site"), "--port", "0", ...to];
  const program = start("site", "apps/site/main.ts", args, logOf(home, "site"));
  const at = await ready(home, "site", program, ["port", "localControllerPid"]);
  const name = `${site}.lc.${DOMAIN}`;
  return { out: home, program, said, name, port: at["port"]!, localControllerPid: at["localControllerPid"]! };
}

const siteJson = (site: string) => readJson(join(out, site, "site", "site.json")) ?? {};
const upstreamOf = (site: string, station: string) =>
  (siteJson(site)["upstreams"] as Record<string, Record<string, unknown>> | undefined)?.[station];

const fleet = [
  { id: "T-16", version: "1.6", evses: 1, maxKw: 22 },
  { id: "T-16B", version: "1.6", evses: 2, maxKw: 50 },
  { id: "T-201", version: "2.0.1", evses: 1, maxKw: 22 },
  { id: "T-201B", version: "2.0.1", evses: 2, maxKw: 150 },
  { id: "T-21", version: "2.1", evses: 1, maxKw: 22 },
] as const;

function simulate(site: Site): Program {
  const folder = join(out, "stations");
  writeFileSync(join(folder, "stations.json"), JSON.stringify(fleet));
  const spans = ["--session-s", "3-6", "--gap-s", "1-2", "--sample-s", "1", "--timeout-s", "4"];
  const at = ["--url", `wss://${site.name}:${site.port}/ocpp`, "--connect", `127.0.0.1:${site.port}`];
  const args = ["--stations", folder, ...at, "--out", join(out, "run"), ...spans];
  mkdirSync(join(out, "logs"), { recursive: true });
  return start("simulator", "apps/simulator/main.ts", args, logOf(out, "simulator"), { readOutput: true });
}

test("transparent: stations charge through the site at another's CSMS; cable cut, silent line, kill -9: in order, nothing twice by us, all delivered", {
  timeout: 240_000,
}, async () => {
  const ids = fleet.map(({ id }) => id);
  await issueStations(ids);
  await issueSite("nord");
  upstream("nord", "ca.pem", other.root);
  upstream("nord", "certificate.pem", other.controller.cert);
  upstream("nord", "key.pem", other.controller.key);
  const csms = new ForeignCsms({ identity: other.server, clients: [other.root, other.stationCa] });
  await csms.start();
  const relay = await Relay.to(csms.port);
  const site = await siteOn("nord", {
    url: `wss://${FOREIGN_NAME}:${csms.port}/web/services`,
    port: relay.port,
  });
  const simulator = simulate(site);
  const allOpen = (what: string, from = 0) =>
    eventually(
      what,
      () =>
        ids.every((id) => csms.connections.slice(from).some((each) => each.station === id && !each.closed)),
      60_000,
    );
  const transactions = (text: RegExp) =>
    ids.filter((id) => csms.received(id).some((each) => text.test(each)));
  const begun = /"StartTransaction"|"eventType":"Started"/;

  await allOpen("all stations were at the CSMS");
  await eventually("each charged", () => transactions(begun).length === ids.length, 60_000);
  for (const { station, endpoint, certificate, protocol, compressed } of csms.connections) {
    assert.deepEqual(
      { endpoint, certificate, compressed },
      { endpoint: "/web/services", certificate: "LC-1", compressed: protocol !== "ocpp1.6" },
      station,
    );
  }
  for (const id of ids) {
    const answered = await csms.open(id)?.call("TriggerMessage", { requestedMessage: "Heartbeat" });
    assert.deepEqual(answered, { status: "Accepted" }, "a command of the CSMS reaches the station");
  }

  // The cable is cut in the middle of transactions: every socket ends, and nobody listens.
  const before = csms.connections.length;
  csms.stop();
  await eventually("no station had its CSMS", () => csms.connections.every(({ closed }) => closed));
  await eventually("the site says so", () =>
    ids.every((id) => upstreamOf("nord", id)?.["upstream"] !== "open"),
  );
  await csms.start();
  await allOpen("all came back after the cut", before);

  // A line that carries nothing for a while, without a word.
  relay.hold("up", "down");
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  relay.release();

  const again = csms.connections.length;
  const killed = localControllerPid(site);
  process.kill(killed, "SIGKILL");
  await eventually("another local controller ran", () => ![0, killed].includes(localControllerPid(site)));
  await allOpen("all came back after the kill", again);
  const upTo = ids.map((id) => csms.received(id).length);
  await eventually(
    "and went on",
    () => ids.every((id, i) => csms.received(id).length > upTo[i]! + 3),
    60_000,
  );

  simulator.child.stdin?.write('{"do":"finish"}\n');
  const code = await simulator.exited;
  const { truth } = readJson(join(out, "run", "summary.json")) as { truth: { complaints: unknown }[] };
  assert.deepEqual(
    truth.flatMap(({ complaints }) => complaints),
    [],
  );
  assert.equal(code, 0, "everything that happened was told and answered");
  assert.deepEqual(csms.complaints, []);
  for (const id of ids) {
    inOrder(csms.received(id), linesOf(join(out, "run"), "sent.jsonl", id), `${id} to the CSMS`);
    const said = csms.connections.filter(({ station }) => station === id).flatMap(({ sent }) => sent);
    inOrder(linesOf(join(out, "run"), "received.jsonl", id), said, `the CSMS to ${id}`);
  }
  await stop(site.program, SOON_MS);
  csms.stop();
});

test("transparent: passwords of stations by a file; one that the CSMS refuses hears its own word, and no other is harmed; all three versions", {
  timeout: 120_000,
}, async () => {
  const versions = ["1.6", "2.0.1", "2.1"] as const;
  const ids = ["B-1.6", "B-2.0.1", "B-2.1", "B-WRONG", "B-UNKNOWN", "B-UNLISTED"];
  await issueStations(ids);
  await issueSite("sud");
  upstream("sud", "ca.pem", other.root);
  const password = (id: string) => (id === "B-WRONG" ? "not this one, sorry" : `the password of ${id}`);
  const stations = ids.slice(0, 5).map((id) => ({ id, serial: id, password: password(id) }));
  upstream("sud", "stations.json", JSON.stringify({ stations }));
  const csms = new ForeignCsms({
    identity: other.server,
    refuses(station, shown) {
      if (station === "B-UNKNOWN") return 404;
      return shown === `the password of ${station}` ? undefined : 401;
    },
  });
  await csms.start();
  const site = await siteOn("sud", { url: `wss://${FOREIGN_NAME}:${csms.port}`, port: csms.port });
  const dial = (id: string, version: OcppVersion = "1.6") =>
    Station.dial(site, { id, version, identity: stationIdentity(out, id) });

  assert.deepEqual(await dial("B-WRONG"), { kind: "out", why: "401" });
  assert.deepEqual(await dial("B-UNKNOWN"), { kind: "out", why: "404" });
  assert.deepEqual(await dial("B-UNLISTED"), { kind: "out", why: "403" }, "by the site itself");
  assert.deepEqual(csms.refused, ["B-WRONG", "B-UNKNOWN"]);
  for (const version of versions) {
    const id = `B-${version}`;
    const station = await Station.connect(site, { id, version, identity: stationIdentity(out, id) });
    for (const { action, payload } of [boot(version), available(version), authorize(version)]) {
      const answer = await station.call(action, payload);
      assert.equal(answer.kind, "result", `${version} ${action}: ${JSON.stringify(answer)}`);
    }
    const session = new Session(version, `${id}-session`, 1_000);
    const started = await station.call(session.start().action, session.start().payload);
    assert(started.kind === "result", JSON.stringify(started));
    const given = started.payload["transactionId"] as number | undefined;
    for (const { action, payload } of [session.sample(given), session.stop(given)]) {
      const answer = await station.call(action, payload);
      assert.equal(answer.kind, "result", `${version} ${action}: ${JSON.stringify(answer)}`);
    }
    const open = csms.open(id);
    assert.equal(open?.password, `the password of ${id}`);
    assert.equal(open?.certificate, undefined, "none was asked for");
    assert.equal(open?.endpoint, "/ocpp", "the station's own path (§6.2)");
    station.wire.close(1000, "done");
  }
  assert.deepEqual(csms.complaints, []);
  await eventually("site.json knew", () => upstreamOf("sud", "B-WRONG")?.["status"] === 401);
  assert.equal(siteJson("sud")["mode"], "transparent");
  await eventually("closed both", () => csms.connections.every(({ closed }) => closed));
  assert(!site.said().includes("the password of"), "a password is in the log");
  await stop(site.program, SOON_MS);
  csms.stop();
});

test("transparent: compression", { timeout: 60_000 }, async () => {
  await issueStations(["Z-1.6", "Z-2.0.1"]);
  await issueSite("zip");
  upstream("zip", "ca.pem", other.root);
  const csms = new ForeignCsms({ identity: other.server });
  await csms.start();
  const site = await siteOn("zip", { url: `wss://${FOREIGN_NAME}:${csms.port}`, port: csms.port });
  for (const version of ["1.6", "2.0.1"] as const) {
    const id = `Z-${version}`;
    // The station offers none: what its socket has is not what the other one has.
    const station = await Station.connect(site, { id, version, identity: stationIdentity(out, id) });
    const answer = await station.call("DataTransfer", { vendorId: "x", data: "y".repeat(10_000) });
    assert.equal(answer.kind, "result");
    assert.equal(csms.open(id)?.compressed, version === "2.0.1");
  }
  await stop(site.program, SOON_MS);
  csms.stop();
});

test("transparent: a CSMS that chooses no sub-protocol, or shows a certificate of nobody: the station hears it as it would directly", {
  timeout: 60_000,
}, async () => {
  await issueStations(["C-1"]);
  await issueSite("west");
  const csms = new ForeignCsms({ identity: other.server });
  await csms.start();
  const site = await siteOn("west", { url: `wss://${FOREIGN_NAME}:${csms.port}/ocpp`, port: csms.port });
  const who = { id: "C-1", version: "1.6", identity: stationIdentity(out, "C-1") } as const;
  assert.deepEqual(await Station.dial(site, who), { kind: "out", why: "503" });
  await eventually("the site said why", () => /"upstream-failed".*untrusted/.test(site.said()));
  await stop(site.program, SOON_MS);

  upstream("west", "ca.pem", other.root);
  const again = await siteOn("west", { url: `wss://${FOREIGN_NAME}:${csms.port}/ocpp`, port: csms.port });
  const { dialer } = await import("@wattward/ocpp/websocket");
  const { silentLog } = await import("@wattward/kernel");
  const odd = await dialer({
    url: `wss://${again.name}:${again.port}/ocpp`,
    connectTo: { host: "127.0.0.1", port: again.port },
    tls: who.identity,
    log: silentLog,
  }).dial("/C-1", ["ocpp9.9"]);
  assert(!odd.ok && odd.fault.noProtocol === true, "a handshake without a sub-protocol (Part 4 §3.2)");
  await stop(again.program, SOON_MS);
  csms.stop();
});

test("transparent: what a person must mend ends the site with a sentence: a file that others may read, one that is none, no station CA", {
  timeout: 60_000,
}, async () => {
  await issueSite("ost");
  const fails = async (says: RegExp) => {
    const said = tailOf(logOf(join(out, "ost"), "site"));
    mkdirSync(join(out, "ost", "logs"), { recursive: true });
    const args = [
      "--data",
      join(out, "ost", "site"),
      "--csms",
      "wss://x.test",
      "--mode",
      "transparent",
      "--port",
      "0",
    ];
    const program = start("site", "apps/site/main.ts", args, logOf(join(out, "ost"), "site"));
    assert.equal(await program.exited, 1);
    assert.match(said(), says);
  };
  upstream("ost", "stations.json", "{}");
  await fails(/stations\.json is not \{/);
  const { chmodSync, rmSync } = await import("node:fs");
  const folder = join(out, "ost", "site");
  chmodSync(join(folder, "upstream", "stations.json"), 0o644);
  await fails(/stations\.json has mode 644/);
  rmSync(join(folder, "upstream", "stations.json"));
  upstream("ost", "certificate.pem", other.controller.cert);
  await fails(
    /key\.pem; certificate\.pem and key\.pem are this site's identity at the CSMS, both or neither/,
  );
  upstream("ost", "key.pem", "no key");
  await fails(/key\.pem cannot be opened/);
  rmSync(join(folder, "upstream"), { recursive: true });
  rmSync(join(folder, "identity", "station-ca.pem"));
  await fails(/station-ca\.pem/);
});

test("transparent: towards our own CSMS the site's certificate is no station's: refused by security profile 3, let in by a password under a dispensation", {
  timeout: 180_000,
}, async () => {
  await issueStations(["D-1", "D-2"]);
  await issueSite("mitte");
  await issueSite("berg");
  const csmsLog = logOf(out, "csms");
  mkdirSync(join(out, "logs"), { recursive: true });
  const ports = ["--port", "0", "--http-port", "0", "--profile2-port", "0"];
  const program = start("csms", "apps/csms/main.ts", ["--data", join(out, "csms"), ...ports], csmsLog);
  const { port } = (await ready(out, "csms", program, ["port", "httpPort"])) as { port: number };
  const said: string[] = [];
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  const leave = ["--security-profile", "2", "--until", until];
  const data = ["--data", join(out, "csms")];
  await addStation(["D-1", ...data], context);
  await addStation(["D-2", ...leave, ...data], { ...context, out: (text) => void said.push(text) });
  const password = /^\s*(\S{16,40})\s*$/m.exec(said.join("").split("shown this once")[1] ?? "")?.[1];
  assert(password !== undefined, said.join(""));

  const strict = await siteOn("mitte", { url: `wss://csms.${DOMAIN}:${port}/ocpp`, port });
  const one = { id: "D-1", version: "1.6", identity: stationIdentity(out, "D-1") } as const;
  assert.equal((await Station.dial(strict, one)).kind, "out");
  await eventually("the site said so", () => /"upstream-failed"/.test(strict.said()));
  await stop(strict.program, SOON_MS);

  const open = await eventually("the listener of profile 2", () => {
    const found = readJson(join(out, "csms", "csms.json"))?.["profile2Port"];
    return typeof found === "number" && found;
  });
  upstream("berg", "stations.json", JSON.stringify({ stations: [{ id: "D-2", serial: "D-2", password }] }));
  const site = await siteOn("berg", { url: `wss://csms.${DOMAIN}:${open}/ocpp`, port: open });
  const station = await Station.connect(site, {
    id: "D-2",
    version: "1.6",
    identity: stationIdentity(out, "D-2"),
  });
  const answer = await station.call(boot("1.6").action, boot("1.6").payload);
  assert(answer.kind === "result" && answer.payload["status"] === "Accepted", JSON.stringify(answer));
  station.wire.close(1000, "done");
  await stop(site.program, SOON_MS);
  await stop(program, SOON_MS);
});
