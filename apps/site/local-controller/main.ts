/**
 * The local controller's own process, started by the supervisor and ended with it (supervisor/child-main.ts). A kill at any moment is
 * what the journal is made for.
 */
import type { Log } from "@wattward/kernel";
import { readSiteIdentity, type SiteIdentity } from "@wattward/pki/files";
import { type Settings, sitePorts } from "../adapters/local-controller.ts";
import { transparentPorts } from "../adapters/transparent.ts";
import { JournalDamaged } from "../journal/head.ts";
import { Witness } from "../link/witness.ts";
import { createSite, type Site, type SitePorts } from "../site.ts";
import { runChild, type StartedPart, tell } from "../supervisor/child-main.ts";
import { EXIT_CANNOT_RUN, GUARD_KINDS, parseHandedOn, WALL_EVERY_MS } from "../supervisor/protocol.ts";
import { STATUS_EVERY_MS } from "../transparent/limits.ts";
import { createTransparentSite, NoRoster, type TransparentSite } from "../transparent/transparent-site.ts";

runChild({
  name: "local-controller",
  called: "local controller",
  start,
  isForAPerson: (error) => error instanceof JournalDamaged || error instanceof NoRoster,
});

async function start(settings: Settings, log: Log): Promise<StartedPart> {
  const identity = await readSiteIdentity(settings.dataFolder);
  const fatal = (error: Error) => {
    log.error("fatal", { say: error.message });
    process.exit(error instanceof JournalDamaged ? EXIT_CANNOT_RUN : 1);
  };
  // Not in the help: it exists for the one test that must fail with it (tests/integration/durability.test.ts).
  const durable = process.env["WATTWARD_UNSAFE_SYNCHRONOUS"] !== "off";
  const changed = (profile: 1 | 2, port: number | undefined) =>
    tell({ kind: "password-port", profile, port });
  const site =
    settings.mode === "transparent"
      ? await transparent(settings, identity, { log, fatal })
      : await autonomous(sitePorts(settings, identity, { log, fatal, durable, changed }));
  log.info("listening", { port: site.port, site: identity.site, mode: settings.mode });
  return { port: site.port, close: () => site.close() };
}

/** What the other processes of the site have seen comes through the supervisor. */
async function autonomous(ports: SitePorts): Promise<Site> {
  const site = await createSite(ports);
  // The supervisor hands on what the guard has seen, and nobody else's.
  const guard = new Witness({
    ...{ clock: ports.clock, name: "Modbus guard" },
    owns: (kind) => kind.startsWith(GUARD_KINDS),
    observe: (kind, detail) => site.observe(kind, detail),
  });
  process.on("message", (value) => {
    const message = parseHandedOn(value);
    if (message?.kind === "observed") guard.tell(message.what, message.detail);
  });
  setInterval(() => {
    const { wallMs, quality } = site.status().clock;
    if (quality === "synced") tell({ kind: "wall", wallMs });
  }, WALL_EVERY_MS);
  return site;
}

/** The supervisor hears what becomes of the stations, so that whoever looks at site.json does. */
async function transparent(
  settings: Settings,
  identity: SiteIdentity,
  to: { log: Log; fatal(error: Error): void },
): Promise<TransparentSite> {
  const site = await createTransparentSite(await transparentPorts(settings, identity, to));
  let told = "";
  setInterval(() => {
    const stations = Object.fromEntries(site.status().stations);
    const news = JSON.stringify(stations);
    if (news !== told) tell({ kind: "upstreams", stations });
    told = news;
  }, STATUS_EVERY_MS);
  return site;
}
