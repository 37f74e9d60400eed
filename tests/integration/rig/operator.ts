/**
 * What an operator does: starts the CSMS and its sites, takes stations into the inventory, issues their identities. The
 * programs are the real ones; the commands run in this process, because a dozen Nodes take longer than all tests.
 *
 *     OUT/csms/        the central system     OUT/stations/ID/   a station's identity
 *     OUT/SITE/site/   a site's controller    OUT/logs/, OUT/SITE/logs/
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PasswordProfile } from "@wattward/ocpp/ways-in";
import { withDataCore } from "../../../apps/csms/cli/data-core.ts";
import { issueSiteFolder } from "../../../apps/csms/cli/pki/issue-site.ts";
import { issueStationFolder } from "../../../apps/csms/cli/pki/issue-station.ts";
import { addStation } from "../../../apps/csms/cli/station/add.ts";
import { token } from "../../../apps/csms/cli/token.ts";
import { DOMAIN, logOf, ready, startCsms, startSite } from "../../../demo/plant.ts";
import { type Program, readJson, type StartOptions } from "../../../demo/programs.ts";
import { eventually, tailOf } from "./workplace.ts";

export const CARD = "04A1B2C3D41080";

/** Where a server is reached, and by which name it must prove itself. */
export type Server = { readonly name: string; readonly port: number };
export type Csms = Server & {
  readonly out: string;
  readonly program: Program;
  readonly httpPort: number;
  /** What it has logged since this start. */
  said(): string;
};
export type Site = Server & {
  readonly out: string;
  readonly program: Program;
  readonly localControllerPid: number;
  said(): string;
};
/** PEM; what a station, a site or a thief shows in TLS. Without certificate and key it shows nothing. */
export type Identity = {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
};

type Ports = { readonly port?: number; readonly httpPort?: number };

/** Starts the CSMS on `OUT/csms` and waits until it listens. */
export async function csmsOn(out: string, how: StartOptions & Ports = {}): Promise<Csms> {
  mkdirSync(join(out, "logs"), { recursive: true, mode: 0o700 });
  const said = tailOf(logOf(out, "csms"));
  const program = startCsms(out, { csms: how.port ?? 0, http: how.httpPort ?? 0 }, how);
  const at = await ready(out, "csms", program, ["port", "httpPort"]);
  return { out, program, said, name: `csms.${DOMAIN}`, port: at["port"]!, httpPort: at["httpPort"]! };
}

type SiteStart = StartOptions & { readonly port?: number; readonly csmsPort: number };

/** Starts the site's controller on `OUT/SITE/site` and waits until it listens. */
export async function siteOn(out: string, site: string, how: SiteStart): Promise<Site> {
  const home = join(out, site);
  mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 });
  const ports = { csms: how.csmsPort, uplink: how.csmsPort, site: how.port ?? 0 };
  const said = tailOf(logOf(home, "site"));
  const program = startSite(home, ports, how);
  const at = await ready(home, "site", program, ["port", "localControllerPid"]);
  const name = `${site}.lc.${DOMAIN}`;
  return { out: home, program, said, name, port: at["port"]!, localControllerPid: at["localControllerPid"]! };
}

/** Waits until the site is linked to its CSMS, lives on a bundle with so many stations, and has ids to give. */
export async function linked({ out, said }: Pick<Site, "out" | "said">, stations: number): Promise<void> {
  await eventually("the site was linked", () => said().includes('"link-up"'));
  const ever = () => readFileSync(logOf(out, "site"), "utf8");
  await eventually("the site had its bundle", () =>
    new RegExp(`"bundle-in-force".*"stations":${stations}[,}]`).test(ever()),
  );
  await eventually("the site had its lease", () => ever().includes('"lease"'));
}

const context = () => {
  const said: string[] = [];
  const out = (text: string) => void said.push(text);
  return { said, out, err: out, env: {} };
};

/** Takes stations into the inventory, to be reached at `site` or directly, and issues their identities. */
export async function enrolStations(out: string, ids: readonly string[], site?: string): Promise<void> {
  const data = ["--data", join(out, "csms")];
  await addStation([...ids, ...(site === undefined ? [] : ["--site", site]), ...data], context());
  for (const id of ids) {
    await issueStationFolder([id, "--out", stationFolder(out, id), ...data], context());
  }
}

const inAWeek = (): string => new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

/** Gives a station a dispensation: its password. It is taken into the inventory where it is new, at `site` or directly. */
export async function dispense(
  out: string,
  id: string,
  {
    securityProfile,
    until = inAWeek(),
    site,
  }: { securityProfile: PasswordProfile; until?: string; site?: string },
): Promise<string> {
  const { said, ...streams } = context();
  const where = site === undefined ? [] : ["--site", site];
  const words = ["--security-profile", String(securityProfile), "--until", until];
  await addStation([id, ...where, ...words, "--data", join(out, "csms")], streams);
  const password = /^ {2}([0-9a-f]{40})$/m.exec(said.join(""))?.[1];
  if (password === undefined) throw new Error(`no password was printed: ${said.join("")}`);
  return password;
}

/** Waits until the listener of that security profile is open; its port. */
export function passwordPort(
  { out }: Pick<Site, "out">,
  which: { readonly program: "csms" | "site"; readonly securityProfile: PasswordProfile },
): Promise<number> {
  const { program, securityProfile } = which;
  return eventually(`${program} listened for security profile ${securityProfile}`, () => {
    const port = readJson(join(out, program, `${program}.json`))?.[`profile${securityProfile}Port`];
    return typeof port === "number" && port;
  });
}

/** Issues the identity of a site whose stations are in the inventory. */
export const enrolSite = (out: string, site: string): Promise<void> =>
  issueSiteFolder([site, "--out", join(out, site, "site"), "--data", join(out, "csms")], context());

export const enrolCard = (out: string, card = CARD): Promise<void> =>
  withDataCore(join(out, "csms"), async ({ core, clock }) => {
    const atMs = clock.now().wallMs;
    await core.decide("token.set", { token: card, status: "Accepted", atMs, actor: "operator" });
  });

/** A token for the HTTP API. */
export async function apiToken(out: string): Promise<string> {
  const { said, ...streams } = context();
  await token(["tests", "--data", join(out, "csms")], { ...streams, err: () => {} });
  return said.join("").trim();
}

export const stationFolder = (out: string, id: string): string => join(out, "stations", id);

export const stationIdentity = (out: string, id: string): Identity =>
  identityIn(stationFolder(out, id), "certificate.pem", "key.pem");
export const linkIdentity = (out: string, site: string): Identity =>
  identityIn(join(out, site, "site", "identity"), "link-certificate.pem", "link-key.pem");

function identityIn(folder: string, cert: string, key: string): Identity {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { ca: read("root.pem"), cert: read(cert), key: read(key), passphrase: read("passphrase").trim() };
}

/** The process that serves the site's stations now; another one after each of its deaths. */
export const localControllerPid = ({ out }: Pick<Site, "out">): number =>
  Number(readJson(join(out, "site", "site.json"))?.["localControllerPid"] ?? 0);
