// @ts-check
/** The table of commands: the programs that run until they are stopped, and what they need before. */
import { data, file, flag, folder, oneOf, text } from "./words.mjs";

const logLevel = oneOf("log-level", ["debug", "info", "warn", "error"], "how much is logged (info)");
const proxyFrom = text(
  "proxy-from",
  "LIST",
  "addresses and ranges, with commas between, of proxies in front of the stations' ports: each of their connections begins with a PROXY header of version 2, and nobody else's does",
);
const framesPerSecond = text(
  "station-frames-per-second",
  "N",
  "what one station may say in the long run, and four times that at once (50)",
);

/** Where stations come in by a password, and the usual ports. @type {(profile2: number, profile1: number) => readonly import("./words.mjs").Option[]} */
const passwordPorts = (profile2, profile1) => [
  text(
    "profile2-port",
    "N",
    `stations with a dispensation for security profile 2: TLS and a password (${profile2})`,
  ),
  text("profile1-port", "N", `the same for security profile 1: a password in the clear (${profile1})`),
  text("profile1-host", "ADDRESS", "where that one listens, a private address (that of --host)"),
];

/** @type {import("./words.mjs").Command} */
const build = {
  name: "build",
  entry: "apps/console/build.ts",
  sentence: "the console's pages, as static files for the central system to serve",
  forms: [
    {
      sentence: "where they are older than their sources",
      options: [flag("force", "also where they are newer")],
    },
  ],
  notes: ["A central system that runs already shows them after its next start."],
  examples: ["build"],
};

/** @type {import("./words.mjs").Command} */
const csms = {
  name: "csms",
  entry: "apps/csms/main.ts",
  sentence: "the central system, with its console and API",
  forms: [
    {
      sentence: "until SIGTERM or Ctrl-C, when everything that was answered is on disk",
      options: [
        folder(
          "data",
          "DIR",
          "its folder: keys, certificates, database (WATTWARD_DATA_DIR, else .wattward/csms); made if missing",
        ),
        text(
          "database",
          "URL",
          "a PostgreSQL database in place of one in DIR: postgres://USER@HOST/NAME, password in PGPASSWORD; said once, it is remembered (docs/postgresql.md)",
        ),
        text(
          "nats",
          "URL",
          "several processes serve that database, and wake each other: nats://HOST:PORT or tls://HOST:PORT, password in NATS_PASSWORD (docs/nodes.md)",
        ),
        file("nats-creds", "FILE", "how this one proves itself to NATS: a credentials file"),
        file("nats-ca", "FILE", "whom it trusts there"),
        file("nats-cert", "FILE", "its certificate there"),
        file("nats-key", "FILE", "and that one's key"),
        text("node", "NAME", "its name among them (this machine's); remembered in DIR"),
        text("port", "N", "stations and site links, mutual TLS (9443)"),
        text("host", "ADDRESS", "where they connect (127.0.0.1; :: is every address, IPv4 and IPv6)"),
        proxyFrom,
        ...passwordPorts(9445, 9446),
        text("http-port", "N", "console and API (8080)"),
        text("http-host", "ADDRESS", "where people connect (127.0.0.1; anything else is served over HTTPS)"),
        framesPerSecond,
        text(
          "site-messages-per-second",
          "N",
          "what one site may say (5000); who says more is read more slowly, and loses nothing",
        ),
        folder("console", "DIR", "the console's built pages (those of 'npx wattward build')"),
        text("domain", "D", "chosen at the first start: servers are csms.D and SITE.lc.D (wattward.test)"),
        logLevel,
      ],
    },
  ],
  notes: [
    "An empty folder starts: it makes its keys and prints a one-time link for the first administrator. While it runs, csms.json in its folder says where. Ports for passwords are open only while somebody has leave to use them (docs/security-profiles.md).",
    "WATTWARD_PASSPHRASE opens the keys; without it a generated file in DIR/keys does. Logs are JSON lines on standard error.",
  ],
  examples: ["csms", "csms --data /var/lib/wattward --domain charging.example --host :: --http-host ::"],
  docs: "docs/data.md",
};

/** @type {import("./words.mjs").Command} */
const site = {
  name: "site",
  entry: "apps/site/main.ts",
  sentence: "a site controller, between a site's stations and the central system",
  forms: [
    {
      sentence: "until SIGTERM or Ctrl-C",
      options: [
        folder(
          "data",
          "DIR",
          "its folder: identity (from 'wattward pki issue site SITE --out DIR'), journal, state",
        ),
        text(
          "csms",
          "URL",
          "the central system's OCPP address, as wss://csms.wattward.test:9443; where several processes serve it, all of theirs with commas between",
        ),
        text(
          "connect",
          "HOST:PORT",
          "where it is really reached, for each URL in order; the name to verify stays the URL's",
        ),
        oneOf(
          "mode",
          ["autonomous", "transparent"],
          "autonomous answers its stations by itself while the centre is away; transparent is one plain OCPP socket per station to a central system of anybody's (autonomous)",
        ),
        text("port", "N", "where stations connect, mutual TLS (9444)"),
        text("host", "ADDRESS", "on which address (127.0.0.1)"),
        ...passwordPorts(9447, 9448),
        text(
          "modbus-port",
          "N",
          "where the Modbus guard listens to other masters, while its policy has such (1502)",
        ),
        text("modbus-tls-port", "N", "the same for those with a certificate, Modbus/TCP Security (1802)"),
        text("modbus-host", "ADDRESS", "on which address (127.0.0.1)"),
        text("guard-user", "NAME", "as root: the user whom the Modbus guard runs as (that of the site)"),
        text("energy-user", "NAME", "the same for the energy controller"),
        proxyFrom,
        framesPerSecond,
        logLevel,
      ],
    },
    {
      words: "commission",
      arguments: [{ name: "FILE", takes: "file" }],
      sentence:
        "walks an installer through the devices of a site's document: reachable, models, nameplates, phases, reverts; leaves a signed report and a proposal of the document",
      options: [
        folder("data", "DIR", "the site's folder, with its identity; the site must not run meanwhile"),
        flag(
          "prove-reverts",
          "write a setpoint to each battery, a limit to each inverter that may be limited, and watch them fall back; the site is at rest, the sun shines",
        ),
        flag("yes", "ask nobody, and phases are not checked; needed where there is no terminal"),
        flag("json", "the report as one JSON value on standard output; progress stays on standard error"),
      ],
      notes: [
        "A commissioning leaves two files in DIR/energy/commissioning: the report, signed by the site's key, and the document as it proposes it, unless a device did not answer or is not what the document says.",
        "Ctrl-C, SIGTERM or a terminal that goes break it off: the device under proof is told 0, or its limit is lifted, and who could not be freed is named; it ends with 130, 143 or 129. A second one ends it at once.",
      ],
      docs: "docs/energy.md",
    },
    {
      words: "verify",
      arguments: [{ name: "REPORT", takes: "file" }],
      sentence:
        "whether a commissioning report is whole, and signed by a site of this operator's; its verdict, and what was not checked",
      options: [
        folder("data", "DIR", "a folder of any of the operator's sites: its root is asked"),
        flag("json", "the verdict as one JSON value on standard output"),
      ],
      notes: [],
      docs: "docs/energy.md",
    },
  ],
  notes: [
    "Its stations come from the bundle that the central system signs; connect it once, and it serves them without a centre too. In transparent mode --csms is the endpoint that stations would be given (wss://csms.example/ocpp), and DIR/upstream/ says who they are, whom to trust and what to show.",
    "While it runs, site.json in its folder says where. Logs are JSON lines on standard error.",
  ],
  examples: [
    "site --data .wattward/lyon --csms wss://csms.wattward.test:9443 --connect 127.0.0.1:9443",
    "site commission lyon.yaml --data .wattward/lyon --prove-reverts",
  ],
  docs: "docs/local-controller.md",
};

/** @type {import("./words.mjs").Command} */
const setting = {
  name: "setting",
  entry: "apps/csms/cli/setting.ts",
  sentence: "what an operator may tune; a running central system takes it up at once",
  forms: [
    {
      arguments: [
        { name: "NAME", optional: true },
        { name: "VALUE", optional: true },
      ],
      sentence: "every setting with its value, default and limits; or a new value, from now on",
      options: [data, flag("json", "the settings, or the one that was set, as one JSON value")],
    },
  ],
  examples: ["setting", "setting --json"],
  docs: "docs/data.md",
};

/** @type {import("./words.mjs").Group} */
export const runIt = { title: "Run it", commands: [build, csms, site, setting] };
