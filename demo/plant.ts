/**
 * The demo's plant: one CSMS, one uplink, one site, eight stations, in the folder OUT; each as its user would start it.
 *
 *     OUT/csms/       the central system's data folder          OUT/stations/ID/   a station's certificate and key
 *     OUT/csms-2/     another one on the same database
 *     OUT/site/       the site controller's data folder         OUT/sent.jsonl     what stations sent (simulator)
 *     OUT/logs/       one file for each program                 OUT/limits.jsonl   what flowed through every fuse (simulator)
 */

import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { HTTP_PORT, type Options } from "./options.ts";
import { command, type Program, readJson, type StartOptions, start, stop, until } from "./programs.ts";
import { type Servers, serversFor } from "./servers.ts";
import { type DevicePorts, deviceNames, plantOf, siteDocumentOf } from "./site-energy.ts";

export const SITE = "lyon";
export const DOMAIN = "wattward.test";
const READY_MS = 60_000;
const STOP_MS = 10_000;

/** For cars with a charger of their own: whole amperes, and some seconds to follow a lower limit. */
const wallbox = { stepA: 1, respondsS: 2 } as const;
/** One that obeys badly: later than the 5 s that the site's document says of all of them, and long enough to be judged by it. */
const late = { ...wallbox, respondsS: 9 } as const;

/** Fast chargers and wallboxes of each version. */
export const stations = [
  { id: "LYO-01", version: "2.0.1", evses: 2, maxKw: 150 },
  { id: "LYO-02", version: "2.1", evses: 2, maxKw: 50 },
  { id: "LYO-03", version: "2.0.1", evses: 1, maxKw: 22, phases: 3, ...wallbox },
  { id: "LYO-04", version: "2.1", evses: 1, maxKw: 11, phases: 3, ...wallbox },
  { id: "LYO-05", version: "1.6", evses: 2, maxKw: 50 },
  { id: "LYO-06", version: "1.6", evses: 1, maxKw: 22, phases: 3, ...late },
  { id: "LYO-07", version: "1.6", evses: 1, maxKw: 11, phases: 3, ...wallbox },
  { id: "LYO-08", version: "1.6", evses: 1, maxKw: 7, phases: 1, ...wallbox },
] as const;

/** A further central system, and the uplink's port to it. */
export type Node = {
  readonly name: string;
  program: Program;
  readonly ports: { readonly csms: number; readonly http: number; readonly uplink: number };
};

export type Plant = {
  readonly out: string;
  csms: Program;
  uplink: Program;
  site: Program;
  simulator: Program;
  readonly ports: { csms: number; http: number; uplink: number; site: number; modbus: number };
  /** Further central systems on the same database. */
  readonly others: Node[];
  /** What the run started of PostgreSQL and NATS, or was given. */
  readonly servers: Servers | undefined;
  /** The first administrator's one-time link. */
  readonly invitation: string;
};

/** The port that was asked for; else the usual one for a person who stays, unless another program has it; else any. */
async function httpPortFor({
  httpPort,
  forS,
}: Pick<Options, "httpPort"> & { forS?: number | undefined }): Promise<number> {
  if (httpPort !== undefined) return httpPort;
  return forS === undefined && (await isFree(HTTP_PORT)) ? HTTP_PORT : 0;
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((done) => {
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
}

/** Where a program of that name writes what it says. */
export const logOf = (out: string, name: string) => join(out, "logs", `${name}.log`);

type Wanted = Pick<Options, "out" | "httpPort" | "seed" | "simulator" | "database" | "csms" | "nats"> & {
  forS?: number | undefined;
};

/** Starts everything on an empty folder; `say` gets a line for each step that takes a person's patience. */
export async function build(options: Wanted, say: (line: string) => void): Promise<Plant> {
  const { out, csms: count = 1 } = options;
  mkdirSync(join(out, "logs"), { recursive: true, mode: 0o700 });
  if (count > 1) say("starting PostgreSQL and NATS, where none were named");
  const servers = count > 1 ? await serversFor(join(out, "logs"), { ...given, ...options }) : undefined;

  say("starting the central system: keys, database, API");
  const database = servers?.database ?? options.database;
  const place = { csms: 0, http: await httpPortFor(options), database, nats: servers?.nats };
  const csms = startCsms(out, place);
  const csmsAt = await ready(out, "csms", csms, ["port", "httpPort"]);
  const invitation = await until("the sign-in link was printed", () => invitationIn(logOf(out, "csms")), {
    limitMs: READY_MS,
  });

  say("issuing certificates for one site and eight stations");
  await enrol(out);
  say("writing down the site's energy: fuses, devices, limits");
  const modbus = await manage(out);

  const more: Awaited<ReturnType<typeof another>>[] = [];
  for (let n = 2; n <= count; n++) more.push(await another(out, `csms-${n}`, { ...place, http: 0 }));
  const targets = [csmsAt["port"]!, ...more.map(({ ports }) => ports.csms)];
  const uplink = start("uplink", "demo/uplink.ts", targets.map(String), logOf(out, "uplink"));
  const [uplinkPort = 0, ...uplinks] = await until(
    "the uplink listened",
    () => portsSaid(logOf(out, "uplink"), targets.length),
    { limitMs: READY_MS, program: uplink },
  );

  say("starting the site controller");
  const ports = { csms: csmsAt["port"]!, http: csmsAt["httpPort"]!, uplink: uplinkPort, site: 0, modbus };
  const others = more.map((node, i) => ({ ...node, ports: { ...node.ports, uplink: uplinks[i] ?? 0 } }));
  const site = startSite(out, { ...ports, others });
  ports.site = (await ready(out, "site", site, ["port"]))["port"]!;

  say("switching on eight stations");
  const simulator = startSimulator(out, ports, options.seed, options.simulator);
  return { out, csms, uplink, site, simulator, ports, invitation, others, servers };
}

const given = { database: undefined, nats: undefined };

/** Another central system on the same database, with a copy of the first one's keys (docs/nodes.md). */
async function another(out: string, name: string, place: CsmsPlace) {
  for (const part of ["keys", "pki"]) {
    cpSync(join(out, "csms", part), join(out, name, part), { recursive: true, preserveTimestamps: true });
  }
  const program = startCsms(out, { ...place, name });
  const at = await ready(out, name, program, ["port", "httpPort"]);
  return { name, program, ports: { csms: at["port"]!, http: at["httpPort"]! } };
}

function portsSaid(log: string, count: number): number[] | undefined {
  const lines = readFileSync(log, "utf8").split("\n").slice(0, count);
  const ports = lines.map(Number).filter((port) => port > 0);
  return ports.length === count ? ports : undefined;
}

export type CsmsPlace = {
  csms: number;
  http: number;
  database?: string | undefined;
  /** Its folder in OUT, and the name of its log: one of several central systems on that database. */
  name?: string;
  nats?: string | undefined;
};

/** Its folder remembers the database: only the first start names it. */
/** Where stations with a dispensation connect is told by the programs' files: nobody here has one, but tests. */
const passwordPorts = ["--profile1-port", "0", "--profile2-port", "0"];

export function startCsms(out: string, on: CsmsPlace, how: StartOptions = {}): Program {
  const { name = "csms", database, nats } = on;
  const args = ["--data", join(out, name), "--port", String(on.csms), "--http-port", String(on.http)];
  args.push(...passwordPorts);
  if (database !== undefined) args.push("--database", database);
  if (nats !== undefined) args.push("--node", name, "--nats", nats);
  return start(name, "apps/csms/main.ts", args, logOf(out, name), how);
}

type SitePlace = {
  readonly csms: number;
  readonly uplink: number;
  readonly site: number;
  /** Where its Modbus guard hears other masters. */
  readonly modbus?: number;
  readonly others?: readonly Pick<Node, "ports">[];
};

export function startSite(
  out: string,
  { csms, uplink, site, modbus, others = [] }: SitePlace,
  how: StartOptions = {},
): Program {
  const all = [{ csms, uplink }, ...others.map(({ ports }) => ports)];
  const urls = all.map((node) => `wss://csms.${DOMAIN}:${node.csms}`).join(",");
  const connect = all.map((node) => `127.0.0.1:${node.uplink}`).join(",");
  const args = ["--data", join(out, "site"), "--csms", urls, "--connect", connect, "--port", String(site)];
  args.push(...passwordPorts);
  if (modbus !== undefined) args.push("--modbus-port", String(modbus));
  return start("site", "apps/site/main.ts", args, logOf(out, "site"), how);
}

/** `more`: further options of the simulator. */
export function startSimulator(
  out: string,
  ports: { site: number },
  seed: number,
  more: readonly string[] = [],
): Program {
  const url = `wss://${SITE}.lc.${DOMAIN}:${ports.site}/ocpp`;
  const args = ["--stations", join(out, "stations"), "--url", url, "--connect", `127.0.0.1:${ports.site}`];
  return start(
    "simulator",
    "apps/simulator/main.ts",
    [...args, "--out", out, "--seed", String(seed), "--session-s", "12-35", ...more],
    logOf(out, "simulator"),
    {
      readOutput: true,
    },
  );
}

/** RFID cards of the demo's drivers, as the operator's back office would know them. */
const cards = Array.from({ length: 24 }, (_, i) => `04A1B2C3D4${(i + 16).toString(16).toUpperCase()}80`);

/** Everything an operator does before a site can work: inventory, cards, identities. */
export async function enrol(out: string): Promise<void> {
  const csmsData = ["--data", join(out, "csms")];
  const ids = stations.map(({ id }) => id);
  const folder = join(out, "stations");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "stations.json"), `${JSON.stringify(stations, undefined, 2)}\n`);
  writeFileSync(join(folder, "cards.json"), `${JSON.stringify(cards)}\n`);

  await command("apps/csms/cli/station.ts", ["add", ...ids, "--site", SITE, ...csmsData]);
  await command("apps/csms/cli/card.ts", ["add", ...cards, ...csmsData]);
  const issue = (what: string[], to: string) =>
    command("apps/csms/cli/pki.ts", ["issue", ...what, "--out", to, ...csmsData]);
  await Promise.all([
    issue(["site", SITE], join(out, "site")),
    ...ids.map((id) => issue(["station", id], join(folder, id))),
  ]);
}

/** What an energy manager does besides: writes the site's energy down, and gives it to the central system. The guard's port. */
async function manage(out: string): Promise<number> {
  const [guard = 0, ...ports] = await freePorts(1 + deviceNames.length);
  const at = Object.fromEntries(deviceNames.map((name, i) => [name, ports[i] ?? 0])) as DevicePorts;
  const plant = await plantOf(at, guard);
  writeFileSync(join(out, "stations", "plant.json"), `${JSON.stringify(plant, undefined, 2)}\n`);
  const file = join(out, "site-energy.json");
  writeFileSync(file, `${JSON.stringify(await siteDocumentOf(plant), undefined, 2)}\n`);
  await command("apps/csms/cli/energy.ts", ["set", SITE, file, "--data", join(out, "csms")]);
  return guard;
}

/** Ports that nobody has now. */
async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    probes.map(async (probe) => {
      probe.listen(0, "127.0.0.1");
      await once(probe, "listening");
      const address = probe.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  for (const probe of probes) probe.close();
  return ports;
}

/** Waits until the program has written the ports it listens on into `OUT/NAME/NAME.json`, and gives them; `csms-2` writes `csms.json`. */
export async function ready(
  out: string,
  name: string,
  program: Program,
  fields: string[],
): Promise<Record<string, number>> {
  const file = join(out, name, `${name.replace(/-\d+$/, "")}.json`);
  const look = () => {
    const json = readJson(file);
    // A program that was killed has left its file behind.
    if (json?.["pid"] !== program.pid) return undefined;
    return fields.every((field) => typeof json[field] === "number") ? json : undefined;
  };
  const json = await until(`${name} was ready`, look, { limitMs: READY_MS, program, log: logOf(out, name) });
  return json as Record<string, number>;
}

const invitationIn = (path: string) => /https?:\/\/\S+\/join#[\w-]+/.exec(readFileSync(path, "utf8"))?.[0];

/** Stops everything that still runs, stations first, so that nothing is left half said. */
export async function stopAll(plant: Plant): Promise<void> {
  const nodes = plant.others.map(({ program }) => program);
  for (const program of [plant.simulator, plant.site, plant.csms, ...nodes, plant.uplink]) {
    await stop(program, STOP_MS);
  }
  await plant.servers?.stop();
}
