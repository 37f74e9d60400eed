/**
 * A client that none of us wrote: `ocpp-rpc`, strict, by mutual TLS. It charges a car through the site and directly, in
 * all three versions, and answers a remote start and stop from the HTTP API. Strict means that its own schemas pass every
 * message of ours, answers and commands.
 */
import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { createValidator, RPCClient } from "ocpp-rpc";
import { authorize, available, boot, type Message, Session } from "./rig/charging.ts";
import {
  apiToken,
  CARD,
  type Csms,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  type Identity,
  linked,
  type Server,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { transactionsOf } from "./rig/stored.ts";
import { eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("ocpp-rpc");

type Found = (error: null, address: string | LookupAddress[], family?: number) => void;
/** Every name is this machine; the name itself is still what the certificate must prove. */
const lookup = (_name: string, { all = false }: { all?: boolean }, found: Found) =>
  all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);

/** Its own schemas of 2.1, under the names by which it looks for them: as released it finds none of them. */
const itsSchemas21 = (
  createRequire(import.meta.url)("ocpp-rpc/lib/schemas/ocpp2_1.json") as { $id: string }[]
).map((schema) => ({
  ...schema,
  $id: schema.$id.replace(/Request$/, ".req").replace(/Response$/, ".conf"),
}));

/** The client, connected, and what went against its schemas. */
async function client(to: Server, id: string, version: OcppVersion, identity: Identity) {
  const options = {
    identity: id,
    endpoint: `wss://${to.name}:${to.port}/ocpp`,
    protocols: [`ocpp${version}`],
    strictMode: true,
    strictModeValidators: [createValidator("ocpp2.1", itsSchemas21)],
    reconnect: false,
    callTimeoutMs: SOON_MS,
    wsOpts: { ...identity, lookup },
  };
  // Its types want every option; its code has defaults.
  const rpc = new RPCClient(options as ConstructorParameters<typeof RPCClient>[0]);
  const complaints: unknown[] = [];
  for (const event of ["strictValidationFailure", "badMessage"]) {
    rpc.on(event, (complaint) => complaints.push(complaint));
  }
  await rpc.connect();
  const tell = ({ action, payload }: Message) =>
    rpc.call(action, payload) as Promise<Record<string, unknown>>;
  return { rpc, tell, complaints };
}

type Api = { url: string; token: string };

/** Asks for a command over HTTP and waits for its outcome, as a script would. */
async function command(
  { url, token }: Api,
  station: string,
  action: string,
  payload: object,
): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ action, payload, reason: "a test" });
  const asked = await fetch(`${url}/api/v1/stations/${station}/commands`, { method: "POST", headers, body });
  assert.equal(asked.status, 202, await asked.clone().text());
  const { id } = (await asked.json()) as { id: string };
  let state = "";
  for (const endMs = performance.now() + SOON_MS; performance.now() < endMs; ) {
    const read = await fetch(`${url}/api/v1/commands/${id}`, { headers });
    ({ state } = (await read.json()) as { state: string });
    if (state !== "requested" && state !== "sent") break;
  }
  return state;
}

/** Two sessions: one begun with a card, one from afar. */
async function charge(to: Server, id: string, version: OcppVersion, api: Api) {
  const { rpc, tell, complaints } = await client(to, id, version, stationIdentity(out, id));
  const asked: string[] = [];
  rpc.handle(async ({ method }) => {
    asked.push(String(method));
    return { status: "Accepted" };
  });

  assert.equal((await tell(boot(version)))["status"], "Accepted");
  await tell(available(version));
  const authorised = await tell(authorize(version));
  assert.deepEqual(authorised, { [version === "1.6" ? "idTagInfo" : "idTokenInfo"]: { status: "Accepted" } });

  const local = new Session(version, `${id}-local`, 10_000);
  const first = await run(tell, local);

  const [remoteStart, remoteStop] = remote[version === "1.6" ? "1.6" : "2.0.1"];
  assert.equal(await command(api, id, remoteStart.action, remoteStart.payload), "accepted");
  const distant = new Session(version, `${id}-distant`, local.meterWh);
  const started = await tell(distant.start());
  const given = started["transactionId"] as number | undefined;
  await tell(distant.sample(given));
  const named = { transactionId: given ?? `${id}-distant` };
  assert.equal(await command(api, id, remoteStop, named), "accepted");
  await tell(distant.stop(given));

  assert.deepEqual(asked, [remoteStart.action, remoteStop]);
  assert.deepEqual(complaints, []);
  await rpc.close({});
  return [
    { wireId: String(first ?? `${id}-local`), energyWh: local.energyWh },
    { wireId: String(given ?? `${id}-distant`), energyWh: distant.energyWh },
  ];
}

async function run(tell: (message: Message) => Promise<Record<string, unknown>>, session: Session) {
  const started = await tell(session.start());
  const given = started["transactionId"] as number | undefined;
  for (let i = 0; i < 3; i++) await tell(session.sample(given));
  await tell(session.stop(given));
  return given;
}

const remote = {
  "1.6": [
    { action: "RemoteStartTransaction", payload: { connectorId: 1, idTag: CARD } },
    "RemoteStopTransaction",
  ],
  "2.0.1": [
    {
      action: "RequestStartTransaction",
      payload: { evseId: 1, remoteStartId: 1, idToken: { idToken: CARD, type: "Central" } },
    },
    "RequestStopTransaction",
  ],
} as const;

let csms: Csms;
const idOf = (route: string, version: OcppVersion) => `${route}-${version.replaceAll(".", "")}`;
const idsOf = (route: string) => ocppVersions.map((version) => idOf(route, version));

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, idsOf("DIRECT"));
    await enrolStations(out, idsOf("SITE"), "lyon");
    await enrolCard(out);
    await enrolSite(out, "lyon");
  },
  { timeout: 120_000 },
);

for (const route of ["DIRECT", "SITE"] as const) {
  test(`a client that none of us wrote: strict, by mutual TLS, charges ${route === "SITE" ? "through the site" : "directly"}, in each version, and is commanded`, {
    timeout: 120_000,
  }, async () => {
    const to = route === "DIRECT" ? csms : await siteOn(out, "lyon", { csmsPort: csms.port });
    if (to !== csms) await linked(to as Awaited<ReturnType<typeof siteOn>>, 3);
    const api = { url: `http://localhost:${csms.httpPort}`, token: await apiToken(out) };
    for (const version of ocppVersions) {
      const id = idOf(route, version);
      const charged = await charge(to, id, version, api);
      const stored = await eventually(`both sessions of ${id} were stored`, () => {
        const found = transactionsOf(out, id);
        return found.every(({ state }) => state === "ended") && found.length >= 2 && found;
      });
      const facts = stored.map(({ wireId, energyWh }) => ({ wireId, energyWh }));
      assert.deepEqual(facts, charged);
      assert.deepEqual(
        stored.map(({ events }) => events),
        [5, 3],
      );
    }
  });
}
