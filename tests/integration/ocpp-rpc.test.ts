/**
 * A client that none of us wrote: `ocpp-rpc`, strict, by each security profile. It charges a car through the site and
 * directly, in all three versions, and answers a remote start and stop from the HTTP API. Strict means that its own schemas pass every
 * message of ours, answers and commands.
 */
import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import {
  argon2Hasher,
  type PasswordProfile,
  passwordProfiles,
  type SecurityProfile,
} from "@wattward/ocpp/ways-in";
import { createValidator, RPCClient } from "ocpp-rpc";
import { authorize, available, boot, type Message, Session } from "./rig/charging.ts";
import {
  apiToken,
  CARD,
  type Csms,
  csmsOn,
  dispense,
  enrolCard,
  enrolSite,
  enrolStations,
  type Identity,
  linked,
  passwordPort,
  type Server,
  type Site,
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

/** What it proves itself by: its certificate, or a password over TLS, or one in the clear. */
type Proof = {
  readonly scheme: "wss" | "ws";
  readonly identity: Partial<Identity>;
  readonly password?: string | Buffer;
};

/** The client, connected, and what went against its schemas. */
async function client(to: Server, id: string, version: OcppVersion, proof: Proof) {
  const { scheme, identity, password } = proof;
  const options = {
    identity: id,
    ...(password === undefined ? {} : { password }),
    endpoint: `${scheme}://${to.name}:${to.port}/ocpp`,
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
async function charge(to: Server & { proof: Proof }, id: string, version: OcppVersion, api: Api) {
  const { rpc, tell, complaints } = await client(to, id, version, to.proof);
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
let site: Site | undefined;
const routes = ["DIRECT", "SITE"] as const;
type Route = (typeof routes)[number];
const profiles: readonly SecurityProfile[] = [3, 2, 1];
const idOf = (route: Route, version: OcppVersion, profile: SecurityProfile) =>
  `${route}-${version.replaceAll(".", "")}-P${profile}`;
const idsOf = (route: Route, profile: SecurityProfile) =>
  ocppVersions.map((version) => idOf(route, version, profile));
const siteOf = (route: Route) => (route === "SITE" ? "lyon" : undefined);

const hasArgon2 = argon2Hasher() !== undefined;
const passwords = new Map<string, string>();

before(
  async () => {
    csms = await csmsOn(out);
    for (const route of routes) {
      await enrolStations(out, idsOf(route, 3), siteOf(route));
      for (const profile of hasArgon2 ? passwordProfiles : [])
        for (const id of idsOf(route, profile)) passwords.set(id, await enrolByPassword(route, id, profile));
    }
    await enrolCard(out);
    await enrolSite(out, "lyon");
  },
  { timeout: 120_000 },
);

function enrolByPassword(route: Route, id: string, securityProfile: PasswordProfile): Promise<string> {
  const site = siteOf(route);
  return dispense(out, id, { securityProfile, ...(site !== undefined && { site }) });
}

/** Where it connects, and what it shows there; 1.6 sends its key's bytes, 2.x its digits (A00.FR.205). */
async function wayIn(route: Route, id: string, version: OcppVersion, profile: SecurityProfile) {
  const at = route === "DIRECT" ? csms : await theSite();
  if (profile === 3) return { ...at, proof: { scheme: "wss", identity: stationIdentity(out, id) } as const };
  const digits = passwords.get(id) ?? "";
  const program = route === "DIRECT" ? "csms" : "site";
  const port = await passwordPort(at, { program, securityProfile: profile });
  const password = version === "1.6" ? Buffer.from(digits, "hex") : digits;
  const { ca } = stationIdentity(out, idOf(route, version, 3));
  const proof =
    profile === 2
      ? ({ scheme: "wss", identity: { ca } } as const)
      : ({ scheme: "ws", identity: {} } as const);
  return { ...at, port, proof: { ...proof, password } };
}

async function theSite(): Promise<Site> {
  if (site !== undefined) return site;
  site = await siteOn(out, "lyon", { csmsPort: csms.port });
  await linked(site, ocppVersions.length + passwords.size / routes.length);
  return site;
}

for (const route of routes) {
  for (const profile of profiles) {
    const way = route === "SITE" ? "through the site" : "directly";
    test(`a client that none of us wrote: strict, by security profile ${profile}, charges ${way}, in each version, and is commanded`, {
      timeout: 120_000,
      skip: profile !== 3 && !hasArgon2 && "this Node has no Argon2",
    }, async () => {
      const api = { url: `http://localhost:${csms.httpPort}`, token: await apiToken(out) };
      for (const version of ocppVersions) {
        const id = idOf(route, version, profile);
        const to = await wayIn(route, id, version, profile);
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
        const seen = await fetch(`${api.url}/api/v1/stations/${id}`, {
          headers: { authorization: `Bearer ${api.token}` },
        });
        const { securityProfile, deviations } = (await seen.json()) as Record<string, unknown>;
        assert.deepEqual([securityProfile, deviations], [profile, []], "as it came, and nothing to repair");
      }
    });
  }
}
