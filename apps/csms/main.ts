/** `npx wattward csms`: the central system as a process. Logs are JSON lines on stderr; stdout is for people. */
import type { Log } from "@wattward/kernel";
import { jsonLog } from "@wattward/kernel/node";
import { notPrivate, proxiesIn } from "@wattward/ocpp/ways-in";
import { builtConsoleFolder, type ServeOptions, type Serving, serve } from "./adapters/serve.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  readArguments,
  readNumber,
  readWords,
  UsageError,
} from "./cli/arguments.ts";
import { runProcess } from "./cli/process.ts";

const logLevels = ["debug", "info", "warn", "error"] as const;
const PORT_MAX = 65_535;
/** More than any one peer can say. */
const PER_SECOND_MAX = 1_000_000;
/** Closing has deadlines of its own, of about ten seconds together. */
const STOP_MS_MAX = 15_000;
/** sysexits: an internal software error. */
const EXIT_SOFTWARE = 70;

function read(args: readonly string[], env: CommandContext["env"]): ServeOptions {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    node: text,
    nats: text,
    "nats-creds": text,
    "nats-ca": text,
    "nats-cert": text,
    "nats-key": text,
    port: text,
    host: text,
    "proxy-from": text,
    "profile1-host": text,
    "profile1-port": text,
    "profile2-port": text,
    "http-port": text,
    "http-host": text,
    "station-frames-per-second": text,
    "site-messages-per-second": text,
    console: text,
    domain: text,
    "log-level": text,
  });
  readWords(positionals);
  const port = (name: "port" | "http-port" | "profile1-port" | "profile2-port", otherwise: number) =>
    readNumber(`--${name}`, values[name], { min: 0, max: PORT_MAX }) ?? otherwise;
  const perSecond = (name: "station-frames-per-second" | "site-messages-per-second") =>
    readNumber(`--${name}`, values[name], { min: 1, max: PER_SECOND_MAX });
  const level = logLevels.find((known) => known === (values["log-level"] ?? "info"));
  if (level === undefined) throw new UsageError(`--log-level is one of ${logLevels.join(", ")}`);
  return {
    dataFolder: dataFolder(values.data, env),
    database: values.database,
    node: { name: values.node, nats: readNats(values, env) },
    ocpp: {
      host: values.host ?? "127.0.0.1",
      port: port("port", 9443),
      proxies: readProxies(values["proxy-from"]),
    },
    passwords: {
      ports: { 1: port("profile1-port", 9446), 2: port("profile2-port", 9445) },
      profile1Host: readPrivate(values["profile1-host"]),
    },
    rates: {
      stationFramesPerSecond: perSecond("station-frames-per-second"),
      siteMessagesPerSecond: perSecond("site-messages-per-second"),
    },
    http: { host: values["http-host"] ?? "127.0.0.1", port: port("http-port", 8080) },
    consoleFolder: values.console ?? builtConsoleFolder,
    domain: values.domain,
    passphrase: env.WATTWARD_PASSPHRASE,
    // Not in the help: it exists for the one test that must fail with it (tests/integration/durability.test.ts).
    synchronous: env.WATTWARD_UNSAFE_SYNCHRONOUS === "off" ? "off" : "full",
    log: jsonLog((line) => process.stderr.write(line), level),
  };
}

function readProxies(list: string | undefined): readonly string[] {
  const read = proxiesIn(list, "--proxy-from");
  if ("fault" in read) throw new UsageError(read.fault);
  return read.proxies;
}

type NatsValues = Partial<Record<"nats" | "nats-creds" | "nats-ca" | "nats-cert" | "nats-key", string>>;

function readNats(values: NatsValues, env: CommandContext["env"]): ServeOptions["node"]["nats"] {
  const [creds, ca, cert, key] = [
    values["nats-creds"],
    values["nats-ca"],
    values["nats-cert"],
    values["nats-key"],
  ];
  if (values.nats === undefined) {
    if ((creds ?? ca ?? cert ?? key) !== undefined) throw new UsageError("--nats-… needs --nats URL");
    return undefined;
  }
  return { url: values.nats, password: env.NATS_PASSWORD, files: { creds, ca, cert, key } };
}

/** Said by name, it must be right; the host of all listeners may well be a public one, and then profile 1 stays closed. */
function readPrivate(host: string | undefined): string | undefined {
  const refused = host === undefined ? undefined : notPrivate(host, "--profile1-host");
  if (refused !== undefined) throw new CommandError(refused);
  return host;
}

function greeting(serving: Serving, { dataFolder, ocpp }: ServeOptions): string {
  const { ocppPort, consoleUrl, consoleBuilt, invitation, database, node } = serving;
  const unbuilt = consoleBuilt ? "" : ", without its console: run 'npx wattward build', then start it again";
  const lines = [
    `Wattward's central system runs on ${dataFolder}${unbuilt}`,
    `  stations and sites   wss://${ocpp.host.includes(":") ? `[${ocpp.host}]` : ocpp.host}:${ocppPort}  (OCPP 1.6, 2.0.1 and 2.1, security profile 3)`,
    ...(database === undefined ? [] : [`  database             ${database}, as node '${node}'`]),
    `  console and API      ${consoleUrl}`,
  ];
  if (invitation !== undefined) lines.push(`  first administrator  ${invitation}  (once, within a day)`);
  return `${lines.join("\n")}\n`;
}

async function run(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const options = read(args, env);
  // The database holds tokens and names: what this process makes is nobody else's to read.
  process.umask(0o077);
  // Whatever is thrown and not caught is our own fault: say it and go, rather than serve on in an unknown state.
  process.on("uncaughtException", (error) => {
    options.log.error("crashed", { error: error.stack ?? String(error) });
    process.exit(EXIT_SOFTWARE);
  });
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    // Not once: a group that is stopped as a whole is heard twice, through the launcher too.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(signal));
  });
  const serving = await serve(options);
  out(greeting(serving, options));
  const signal = await asked;
  options.log.info("stopping", { signal });
  endLate(options.log);
  await serving.stop();
  options.log.info("stopped");
}

/** What was answered is kept: an end by force loses nothing, and one that never comes holds up an upgrade. */
function endLate(log: Log): void {
  const late = setTimeout(() => {
    log.error("stop-cut-short", { afterMs: STOP_MS_MAX, open: process.getActiveResourcesInfo().join(" ") });
    process.exit(EXIT_SOFTWARE);
  }, STOP_MS_MAX);
  // Whatever else is still open, this alone keeps nothing running.
  late.unref();
}

await runProcess({ name: "csms", run });
