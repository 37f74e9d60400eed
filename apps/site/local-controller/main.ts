/**
 * The local controller's own process, started by the supervisor with one argument (JSON of {@link Orders}) and ended
 * with it: when the channel to the supervisor closes, however that came, this process ends at once, so that no orphan
 * holds the port or the journal. A kill at any moment is what the journal is made for.
 */
import { join } from "node:path";
import type { Log } from "@wattward/kernel";
import { jsonLog, type LogLevel } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteIdentity, type SiteIdentity } from "@wattward/pki/files";
import { type Settings, sitePorts } from "../adapters/local-controller.ts";
import { lockFile } from "../adapters/lock.ts";
import { transparentPorts } from "../adapters/transparent.ts";
import { JournalDamaged } from "../journal/head.ts";
import { Witness } from "../link/witness.ts";
import { createSite, type Site, type SitePorts } from "../site.ts";
import {
  BEAT_EVERY_MS,
  type ChildMessage,
  EXIT_CANNOT_RUN,
  GUARD_KINDS,
  parseHandedOn,
  WALL_EVERY_MS,
} from "../supervisor/protocol.ts";
import { STATUS_EVERY_MS } from "../transparent/limits.ts";
import { createTransparentSite, NoRoster, type TransparentSite } from "../transparent/transparent-site.ts";

export type Orders = { readonly settings: Settings; readonly logLevel: LogLevel };

/** How long a predecessor whose supervisor was killed may take to go. */
const PREDECESSOR_MS_MAX = 5_000;

const tell = (message: ChildMessage) => process.send?.(message);

async function main(): Promise<void> {
  // Only the supervisor starts this program, and writes this argument.
  const { settings, logLevel } = JSON.parse(process.argv[2] ?? "{}") as Orders;
  const log = jsonLog((line) => process.stderr.write(line), logLevel).with({ part: "local-controller" });
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole group; the supervisor tells us in its own time.
  process.on("SIGINT", () => {});
  setInterval(() => tell({ kind: "beat" }), BEAT_EVERY_MS);

  const lock = lockFile(join(settings.dataFolder, "state", "local-controller.lock"), PREDECESSOR_MS_MAX);
  if (lock === undefined) {
    log.error("predecessor-still-runs", {
      say: "another local controller uses this data folder; trying again",
    });
    process.exit(1);
  }
  const identity = await readSiteIdentity(settings.dataFolder);
  const fatal = (error: Error) => {
    log.error("fatal", { say: error.message });
    process.exit(error instanceof JournalDamaged ? EXIT_CANNOT_RUN : 1);
  };
  // Not in the help: it exists for the one test that must fail with it (tests/integration/durability.test.ts).
  const durable = process.env["WATTWARD_UNSAFE_SYNCHRONOUS"] !== "off";
  const changed = (profile: 1 | 2, port: number | undefined) =>
    void tell({ kind: "password-port", profile, port });
  const site =
    settings.mode === "transparent"
      ? await transparent(settings, identity, { log, fatal })
      : await autonomous(sitePorts(settings, identity, { log, fatal, durable, changed }));
  // Who stops a whole group of processes (systemd does) is heard twice: once here, once through the supervisor.
  let closing = false;
  process.on("SIGTERM", () => {
    if (closing) return;
    closing = true;
    void site.close().then(() => process.exit(0));
  });
  log.info("listening", { port: site.port, site: identity.site, mode: settings.mode });
  tell({ kind: "listening", port: site.port });
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

/** What a person must mend: another start would find the same. */
const isForAPerson = (error: unknown): boolean =>
  error instanceof JournalDamaged || error instanceof NoRoster || error instanceof PkiError;

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: "error", event: "local-controller-failed", say: sentence })}\n`,
  );
  if (!isForAPerson(error)) process.exit(1);
  // Told first: the exit closes the channel.
  if (process.send === undefined) process.exit(EXIT_CANNOT_RUN);
  process.send({ kind: "cannot-run", sentence } satisfies ChildMessage, () => process.exit(EXIT_CANNOT_RUN));
});
