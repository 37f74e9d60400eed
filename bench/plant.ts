/**
 * What every benchmark stands on: real programs of Wattward on a folder that is gone afterwards, certificates from
 * their own authorities, a yardstick beside them, and a process that is the load.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, killAll, type Program, readJson, start, stop, until } from "@wattward/demo/programs";
import { siteId } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { issueServer, issueSite, issueStation } from "@wattward/pki";
import { newKey, openAuthorityFiles, publicHalf } from "@wattward/pki/files";
import type { Enrolled, Order, Told } from "./load/fleet.ts";
import type { Target } from "./load/socket.ts";
import type { EchoOptions } from "./yardstick/echo.ts";

export const DOMAIN = "wattward.test";
const READY_MS = 60_000;
const PROFILE_WRITTEN_MS = 60_000;

export type Say = (line: string) => void;

export class Plant {
  readonly folder = mkdtempSync(join(tmpdir(), "wattward-bench-"));
  private readonly children: ChildProcess[] = [];
  private readonly programs: Program[] = [];
  private readonly profiles: string | undefined;

  /** `profiles`: a folder for what V8 sees of Wattward's programs, thread by thread (`--cpu-prof`). */
  constructor(profiles: string | undefined) {
    this.profiles = profiles;
    mkdirSync(join(this.folder, "logs"));
  }

  get data(): string {
    return join(this.folder, "csms");
  }

  /** Starts the central system; resolves when it listens. */
  async csms(more: readonly string[] = []): Promise<{ program: Program; port: number; target: Target }> {
    const args = ["--data", this.data, "--port", "0", "--http-port", "0", ...more];
    const log = join(this.folder, "logs", "csms.log");
    const program = this.start("csms", args, log);
    const port = await this.listening("csms", program, log);
    return { program, port, target: { port, servername: `csms.${DOMAIN}`, path: "/ocpp/" } };
  }

  /** Starts a site controller on the folder that `pki issue site` made; gives its local controller's process. */
  async site(
    site: string,
    csmsPort: number,
    more: readonly string[] = [],
  ): Promise<{ pid: number; target: Target }> {
    const log = join(this.folder, "logs", "site.log");
    const to = ["--csms", `wss://csms.${DOMAIN}:${csmsPort}`, "--connect", `127.0.0.1:${csmsPort}`];
    const args = ["--data", join(this.folder, "site"), ...to, "--port", "0", ...more];
    const program = this.start("site", args, log);
    const port = await this.listening("site", program, log);
    const pid = Number(readJson(join(this.folder, "site", "site.json"))?.["localControllerPid"]);
    return { pid, target: { port, servername: `${site}.lc.${DOMAIN}`, path: "/ocpp/" } };
  }

  private start(name: "csms" | "site", args: readonly string[], log: string): Program {
    const { profiles } = this;
    const env: Record<string, string> =
      profiles === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` };
    const program = start(name, `apps/${name}/main.ts`, args, log, { env });
    this.programs.push(program);
    return program;
  }

  private async listening(name: "csms" | "site", program: Program, log: string): Promise<number> {
    const look = () => {
      const json = readJson(join(this.folder, name, `${name}.json`));
      return json?.["pid"] === program.pid && typeof json["port"] === "number" ? json["port"] : undefined;
    };
    return until(`${name} was ready`, look, { limitMs: READY_MS, program, log });
  }

  /** Adds stations to the inventory and issues their certificates. */
  async enrol(count: number, site?: string): Promise<{ ca: string; stations: Enrolled[] }> {
    const ids = numbered("B", count);
    await this.add(ids, site === undefined ? ["--route", "direct"] : ["--site", site]);
    const { authorities, ports } = await this.authorities();
    const stations: Enrolled[] = [];
    for (const id of ids) {
      const key = await newKey("ec-p256");
      const issued = await issueStation(authorities, { serial: id, publicKey: publicHalf(key) }, ports);
      if (!issued.ok) throw new Error(issued.fault.sentence);
      stations.push({ id, cert: issued.value.chainPem, key: pemOf(key) });
    }
    return { ca: authorities.root.pem, stations };
  }

  /** Adds sites with so many stations each, and issues the sites' certificates. */
  async enrolSites(count: number, stationsEach: number): Promise<{ ca: string; stations: Enrolled[] }> {
    const { authorities, ports } = await this.authorities();
    const stations: Enrolled[] = [];
    const add = await this.inventory();
    for (const id of numbered("site", count)) {
      const behind = numbered(`${id}-s`, stationsEach);
      for (const station of behind) await add(station, id);
      const key = await newKey("ec-p256");
      const site = siteId(id);
      if (!site.ok) throw new Error(site.fault.sentence);
      const issued = await issueSite(authorities, { site: site.value, publicKey: publicHalf(key) }, ports);
      if (!issued.ok) throw new Error(issued.fault.sentence);
      stations.push({ id, behind, cert: issued.value.chainPem, key: pemOf(key) });
    }
    return { ca: authorities.root.pem, stations };
  }

  /** One process per site would take minutes; the API takes thousands of stations in seconds. */
  private async inventory(): Promise<(station: string, site: string) => Promise<void>> {
    const token = (await command("apps/csms/cli/token.ts", ["bench", "--data", this.data]))
      .trim()
      .split("\n")
      .at(-1);
    const at = `http://localhost:${readJson(join(this.data, "csms.json"))?.["httpPort"]}/api/v1/stations`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return async (station, site) => {
      const body = JSON.stringify({ station, site, route: "site" });
      const answer = await fetch(at, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(`${station} was not added: ${await answer.text()}`);
    };
  }

  private async add(ids: readonly string[], route: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += 500) {
      const words = ["add", ...ids.slice(at, at + 500), ...route, "--data", this.data];
      await command("apps/csms/cli/station.ts", words);
    }
  }

  /** Starts a yardstick with a server certificate of its own; resolves when it listens. */
  async yardstick(entry: "echo" | "handshake"): Promise<{ pid: number; target: Target }> {
    const { authorities, ports } = await this.authorities();
    const key = await newKey("ec-p256");
    const servername = `csms.${DOMAIN}`;
    const issued = await issueServer(authorities, { names: [servername], publicKey: publicHalf(key) }, ports);
    if (!issued.ok) throw new Error(issued.fault.sentence);
    const ca = [authorities.root.pem, authorities.station.pem].join("\n");
    const options: EchoOptions = { cert: issued.value.chainPem, key: pemOf(key), ca };
    const child = spawn(process.execPath, [join(import.meta.dirname, "yardstick", `${entry}.ts`)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.children.push(child);
    child.stdin.end(JSON.stringify(options));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { pid: child.pid ?? 0, target: { port: Number(String(line)), servername, path: "/ocpp/" } };
  }

  /** A process that is the load, with its stations. */
  async load(enrolled: { ca: string; stations: Enrolled[] }): Promise<(order: Order) => Promise<Told>> {
    const child = fork(join(import.meta.dirname, "load", "fleet.ts"), {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    this.children.push(child);
    const tell = async (order: Order): Promise<Told> => {
      const answer = once(child, "message");
      child.send(order);
      const [told] = (await answer) as [Told];
      if (told.error !== undefined) throw new Error(`the load could not ${order.do}: ${told.error}`);
      return told;
    };
    await tell({ do: "enrol", ...enrolled });
    return tell;
  }

  /** Ends everything at once; programs that are profiled end in order, because they write their profile last. */
  async close(): Promise<void> {
    for (const child of this.children) child.kill("SIGKILL");
    if (this.profiles !== undefined) {
      for (const program of this.programs.reverse()) await stop(program, PROFILE_WRITTEN_MS);
    }
    killAll();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  private async authorities() {
    const ports = { clock: systemClock(), chance: systemChance };
    const passphrase = process.env["WATTWARD_PASSPHRASE"];
    const { authorities } = await openAuthorityFiles(this.data, { ...ports, passphrase });
    return { authorities, ports };
  }
}

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${String(n + 1).padStart(4, "0")}`);

const pemOf = (key: Awaited<ReturnType<typeof newKey>>): string =>
  String(key.export({ type: "pkcs8", format: "pem" }));

/** Memory of a process that is really there, bytes. */
export const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** A figure as people read it: three digits that mean something. */
export const round = (value: number): number => Number(value.toPrecision(3));
