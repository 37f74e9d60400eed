/**
 * A certificate that a person denies opens nothing any more, on real sockets: live ones are closed, and it may not
 * come back: directly (a resumed TLS session included) or at its site, which learns it with a newer bundle.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { deny } from "../../apps/csms/cli/pki/deny.ts";
import { boot } from "./rig/charging.ts";
import {
  apiToken,
  type Csms,
  csmsOn,
  enrolSite,
  enrolStations,
  linked,
  type Server,
  type Site,
  siteOn,
  stationFolder,
  stationIdentity,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { rows } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("denial");
const POLICY = 1008;
let csms: Csms;
let site: Site;

before(async () => {
  csms = await csmsOn(out);
  await enrolStations(out, ["DIRECT-1", "DIRECT-2"]);
  await enrolStations(out, ["SITE-1", "SITE-2"], "north");
  await enrolSite(out, "north");
  site = await siteOn(out, "north", { csmsPort: csms.port });
  await linked(site, 2);
});

const who = (id: string) => ({ id, version: "1.6" as const, identity: stationIdentity(out, id) });

async function booted(to: Server, id: string): Promise<Station> {
  const station = await Station.connect(to, who(id));
  assert.equal((await station.tell(boot("1.6")))["status"], "Accepted");
  return station;
}

/** As `npx wattward pki deny`, beside the running process. */
async function denyByCommand(id: string): Promise<void> {
  const said: string[] = [];
  const streams = { out: (text: string) => void said.push(text), err: () => {}, env: { USER: "ada" } };
  const file = join(stationFolder(out, id), "certificate.pem");
  await deny([file, "--reason", "stolen", "--data", join(out, "csms")], streams);
  assert.match(said.join(""), /^denied/);
}

async function turnedAway(to: Server, id: string): Promise<void> {
  const again = await Station.dial(to, who(id));
  assert.equal(again.kind, "out", `${id} came back`);
}

const bundleVersion = () =>
  Number(rows(out, "SELECT bundle_version AS version FROM sites WHERE id = 'north'").at(0)?.["version"]);

/** TLS and the upgrade by hand, to hold a session's ticket; `in` once the server has said 101. */
async function upgraded(
  session?: Buffer,
): Promise<{ in: boolean; reused: boolean; ticket: Buffer | undefined }> {
  const { ca, cert, key, passphrase } = stationIdentity(out, "DIRECT-1");
  const socket: TLSSocket = connect({
    host: "127.0.0.1",
    port: csms.port,
    servername: csms.name,
    ...{ ca, cert, key, ...(passphrase && { passphrase }), ...(session && { session }) },
  });
  let ticket: Buffer | undefined;
  socket.on("session", (given: Buffer) => (ticket = given));
  socket.on("error", () => {});
  const answer = await new Promise<string>((resolve) => {
    socket.on("secureConnect", () => socket.write(upgradeRequest));
    socket.once("data", (bytes: Buffer) => resolve(String(bytes)));
    socket.on("close", () => resolve(""));
  });
  const reused = socket.isSessionReused();
  socket.destroy();
  return { in: answer.startsWith("HTTP/1.1 101"), reused, ticket };
}
const upgradeRequest = [
  "GET /ocpp/DIRECT-1 HTTP/1.1",
  "Host: csms",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Protocol: ocpp1.6",
  "\r\n",
].join("\r\n");

test("a direct station denied from the command line is disconnected, and its resumed TLS session opens nothing", async () => {
  const first = await upgraded();
  assert(first.in && first.ticket !== undefined);
  const resumed = await upgraded(first.ticket);
  assert(resumed.in && resumed.reused, "otherwise what follows means nothing");
  const other = await booted(csms, "DIRECT-2");
  const station = await booted(csms, "DIRECT-1");
  await denyByCommand("DIRECT-1");
  assert.equal(await station.closed, POLICY);
  await turnedAway(csms, "DIRECT-1");
  assert.equal((await upgraded(resumed.ticket ?? first.ticket)).in, false);
  assert.equal((await other.call("Heartbeat", {})).kind, "result", "nobody else noticed");
});

test("a station at its site, denied by the API, is disconnected by the newer bundle and may not come back", async () => {
  const station = await booted(site, "SITE-1");
  const other = await booted(site, "SITE-2");
  const before = await eventually("the site had said its bundle", () => bundleVersion() || undefined);
  const { cert: certificate } = stationIdentity(out, "SITE-1");
  const headers = { authorization: `Bearer ${await apiToken(out)}`, "content-type": "application/json" };
  const url = `http://localhost:${csms.httpPort}/api/v1/denials`;
  const body = JSON.stringify({ certificate, reason: "stolen" });
  const denied = await fetch(url, { method: "POST", headers, body });
  assert.equal(denied.status, 200, await denied.clone().text());
  assert.equal((await denied.json()).added, true);
  assert.equal(await station.closed, POLICY);
  await turnedAway(site, "SITE-1");
  await eventually("the site lived on a newer bundle", () => bundleVersion() > before);
  assert.equal((await other.call("Heartbeat", {})).kind, "result", "nobody else noticed");
});
