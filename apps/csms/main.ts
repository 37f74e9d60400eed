/** `npx wattward csms`: the central system as a process. Logs are JSON lines on stderr; stdout is for people. */
import { readRange } from "@wattward/kernel";
import { jsonLog } from "@wattward/kernel/node";
import { builtConsoleFolder, type ServeOptions, type Serving, serve } from "./adapters/serve.ts";
import {
  type CommandContext,
  dataFolder,
  readArguments,
  readNumber,
  readWords,
  UsageError,
} from "./cli/arguments.ts";
import { runProcess } from "./cli/process.ts";

const help = `wattward csms: the central system

  --data DIR         its folder: keys, certificates, database (WATTWARD_DATA_DIR, else .wattward/csms); made if missing
  --database URL     a PostgreSQL database in place of one in DIR: postgres://USER@HOST/NAME, password in PGPASSWORD;
                     said once, it is remembered in DIR (docs/postgresql.md)
  --port N           stations and site links, mutual TLS (9443)
  --host ADDRESS     where they connect (127.0.0.1; :: is every address, IPv4 and IPv6)
  --proxy-from LIST  addresses and ranges, with commas between, of proxies in front of that port: each of their
                     connections begins with a PROXY header of version 2, and nobody else's does
  --http-port N      console and API (8080)
  --http-host ADDR   where people connect (127.0.0.1; anything else is served over HTTPS)
  --console DIR      the console's built pages (those of 'npx wattward build')
  --domain D         chosen at the first start: servers are csms.D and SITE.lc.D (wattward.test)
  --log-level L      debug, info, warn or error (info)

WATTWARD_PASSPHRASE opens the keys; without it a generated file in DIR/keys does.
It stops on SIGTERM or SIGINT, when everything that was answered is on disk.
`;

const logLevels = ["debug", "info", "warn", "error"] as const;
const PORT_MAX = 65_535;
/** sysexits: an internal software error. */
const EXIT_SOFTWARE = 70;

function read(args: readonly string[], env: CommandContext["env"]): ServeOptions {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    port: text,
    host: text,
    "proxy-from": text,
    "http-port": text,
    "http-host": text,
    console: text,
    domain: text,
    "log-level": text,
  });
  readWords(positionals);
  const port = (name: "port" | "http-port", otherwise: number) =>
    readNumber(`--${name}`, values[name], { min: 0, max: PORT_MAX }) ?? otherwise;
  const level = logLevels.find((known) => known === (values["log-level"] ?? "info"));
  if (level === undefined) throw new UsageError(`--log-level is one of ${logLevels.join(", ")}`);
  return {
    dataFolder: dataFolder(values.data, env),
    database: values.database,
    ocpp: {
      host: values.host ?? "127.0.0.1",
      port: port("port", 9443),
      proxies: readProxies(values["proxy-from"]),
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
  const proxies = list?.split(",").map((one) => one.trim()) ?? [];
  const wrong = proxies.find((one) => readRange(one) === undefined);
  if (wrong === undefined) return proxies;
  throw new UsageError(`--proxy-from: '${wrong}' is neither an address nor a range such as 10.0.0.0/8`);
}

function greeting(serving: Serving, { dataFolder, ocpp }: ServeOptions): string {
  const { ocppPort, consoleUrl, consoleBuilt, invitation, database } = serving;
  const unbuilt = consoleBuilt ? "" : ", without its console: run 'npx wattward build', then start it again";
  const lines = [
    `Wattward's central system runs on ${dataFolder}${unbuilt}`,
    `  stations and sites   wss://${ocpp.host.includes(":") ? `[${ocpp.host}]` : ocpp.host}:${ocppPort}  (OCPP 1.6 and 2.0.1, security profile 3)`,
    ...(database === undefined ? [] : [`  database             ${database}`]),
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
  await serving.stop();
  options.log.info("stopped");
}

await runProcess({ help, run });
