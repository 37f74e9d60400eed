// @ts-check
/** The table of commands: what one tries first. */
import { file, flag, folder, json, oneOf, text, usual } from "./words.mjs";

/** @type {import("./words.mjs").Command} */
const demo = {
  name: "demo",
  entry: "demo/main.ts",
  sentence: "a whole site at work on this machine: central system, site, eight stations, attackers",
  forms: [
    {
      sentence: "until Ctrl-C, or for as long as --for says",
      options: [
        text("for", "S", "run for S seconds (20 to 3600), let the drivers leave, recount, and end"),
        flag("json", "end with one JSON object on standard output"),
        folder("out", "DIR", "keep the files in DIR, new or empty (.wattward/demo, made anew each time)"),
        text("cut-uplink", "S", "a third of the way in, packets between site and centre stop for S seconds"),
        flag("kill-site", "a third of the way in, SIGKILL the site controller; a new start 5 s later"),
        flag("kill-csms", "a third of the way in, SIGKILL the central system; a new start 5 s later"),
        usual(
          "kill-ems",
          "S",
          "SIGKILL the site's energy controller, again and again for S seconds (10 without S)",
        ),
        usual("kill-guard", "S", "SIGKILL its Modbus guard, again and again for S seconds (10 without S)"),
        usual("freeze-meter", "S", "the meter at the grid shows the same for S seconds (15 without S)"),
        usual("cut-modbus", "S", "no Modbus device hears anything for S seconds (15 without S)"),
        flag(
          "hold",
          "print every process's id and port, for you to do the killing; what dies is started again",
        ),
        text(
          "csms",
          "N",
          "N central systems (2 to 4) on one PostgreSQL and one NATS, started for the run where they are installed",
        ),
        text("database", "URL", "keep the centre's data in this PostgreSQL database, which must be empty"),
        text("nats", "URL", "use this NATS, with --csms"),
        text("http-port", "N", "the console's port (8080 if it is free; any free one with --for)"),
        text("seed", "N", "which cars come when (1)"),
      ],
    },
  ],
  notes: [
    "The faults need --for. Several come one after the other. It is done only if transactions ended, energy was delivered also during each fault, nothing was lost or counted twice, and no fuse saw more than the bounds allow. 'wattward audit DIR' repeats that count from the files. A DIR that cannot be written to is wrong usage (2); a disk that is full, or fills, ends it (1).",
  ],
  examples: [
    "demo",
    "demo --for 60 --cut-uplink 20",
    "demo --for 60 --kill-ems 10",
    "demo --for 60 --json --out run-1",
  ],
  docs: "docs/demo.md",
};

/** AT-M7 and AT-M10 are false devices: faults of a plant, docs/simulator.md. */
const attacks = [1, 2, 3, 4, 5, 6, 8, 9, 11, 12].map((n) => `AT-M${n}`);

const replayed = [
  file("sessions", "FILE", "a file of sessions to replay (CSV, plain or gzip)"),
  text("from", "TIME", "only sessions that begin then or later"),
  text("until", "TIME", "only sessions that begin before"),
  text("first", "N", "only the first N of them"),
  text("version", "V,V,…", "the OCPP versions of its stations, in turn (2.0.1)"),
];
const played = [
  text(
    "url",
    "URL",
    "where stations connect, ws:// or wss://; the station's id is appended. Several, with commas between, are one central system's: who loses a connection goes to the next",
  ),
  text(
    "connect",
    "HOST:PORT",
    "where TCP goes instead, for each URL in order; TLS still verifies the URL's name",
  ),
  folder(
    "identities",
    "DIR",
    "DIR/ID/ holds a station's certificate.pem, key.pem and root.pem, as 'wattward pki issue station' makes them; or root.pem and password; or password",
  ),
  text("cards", "A,B,…", "the cards that people use (one made up for each EVSE)"),
  text("speed", "N", "simulated seconds in a real one, or 'max' (1). A ceiling: nobody is left behind"),
  text("for", "SPAN", "when everybody leaves: 90s, 2h, 1h30m (when the last one has left)"),
  text("start", "TIME", "the date and time at the beginning, with offset from UTC, or 'now'"),
  text("seed", "N", "the same seed, the same chances (1)"),
  ...replayed,
  folder("out", "DIR", "writes sent.jsonl, received.jsonl, summary.json and outcome.json there"),
  text("deadline", "S", "what finishing may take (60)"),
  json,
  flag("quiet", "no progress on standard error"),
  flag("verbose", "what stations log, on standard error"),
];

/** @type {import("./words.mjs").Command} */
const simulator = {
  name: "simulator",
  entry: "apps/simulator/main.ts",
  sentence: "charging stations, cars and drivers against any OCPP central system",
  forms: [
    {
      arguments: [{ name: "FILE", optional: true, takes: "file" }],
      sentence: "plays a scenario (YAML or JSON), or replays the sessions of --sessions",
      options: played,
    },
    {
      words: "check",
      arguments: [{ name: "FILE", optional: true, takes: "file" }],
      sentence: "says whether a scenario is right, and what takes part in it; connects nowhere",
      options: played,
    },
    { words: "example", sentence: "prints a scenario to begin with, every part of it explained" },
    { words: "schema", sentence: "prints the scenario's JSON Schema, for editors" },
    {
      words: "attack",
      arguments: [{ name: "ATTACK", choices: attacks }],
      sentence:
        "plays an attack of the catalogue on Modbus against what listens there; done (0) means it was contained",
      options: [
        text("to", "HOST:PORT", "whom to attack: a guard, or a device without one"),
        text("unit", "N", "the unit id that it asks (1)"),
        text("setpoint", "N", "the register that it writes as a setpoint (40194, of the simulated battery)"),
        text("for", "S", "stop after S seconds (30)"),
        text("from", "ADDRESS", "the address of this machine that it comes from"),
        folder("identity", "DIR", "with certificate.pem, key.pem and root.pem: comes by TLS"),
        text("server-name", "NAME", "what the certificate of the other end says"),
        json,
      ],
    },
    {
      when: "stations",
      sentence: "a folder of stations that another program steers, by lines of JSON on standard input",
      options: [
        folder(
          "stations",
          "DIR",
          "stations.json, cards.json, and a folder per station with its certificate or password",
        ),
        folder("out", "DIR", "what was sent, what was answered, a summary"),
        text("url", "URL", "wss://NAME:PORT/PATH, in place of each station's own; several, with commas"),
        text("connect", "HOST:PORT", "where TCP goes instead, for each URL in order"),
        text("for", "S", "stop after S seconds (else at end of input, or SIGTERM)"),
        text("deadline", "S", "what finishing may take, after which it ends as it is (60)"),
        text("seed", "N", "chance's seed: the same seed, the same cars and sessions (1)"),
        text("session-s", "A-B", "how long a car charges (8-25)"),
        text("gap-s", "A-B", "how long an EVSE stays free (2-8)"),
        text("cards", "A,B,…", "RFID card ids, hexadecimal (cards.json, or made-up ones)"),
        text("sample-s", "S", "seconds between meter values (2)"),
        text("heartbeat-s", "S", "seconds between heartbeats, where the central system names none (30)"),
        text("timeout-s", "S", "how long a station waits for an answer (10)"),
        oneOf(
          "after-outage",
          ["end", "resume", "mixed"],
          "what becomes of a transaction that lost its power (mixed)",
        ),
        oneOf("repeat", ["same-id", "new-id", "mixed"], "what a repeated message is sent under (mixed)"),
        text("fault", "F", "power-cut,at=10,for=5[,station=ID] and others: docs/simulator.md", {
          many: true,
        }),
      ],
    },
  ],
  notes: [
    "Done (0) means: all that was planned took place, was told and answered. Wrong usage (2) is also a scenario that is not right. Ctrl-C: everybody leaves and what happened is told; again: it ends at once.",
  ],
  examples: [
    "simulator example > day.yaml",
    "simulator check day.yaml",
    "simulator day.yaml --url ws://localhost:8180/ocpp --speed 600",
    "simulator attack AT-M5 --to 192.168.40.2:1502",
    "simulator --sessions sessions.csv.gz --first 200 --speed max --url ws://localhost:8180/ocpp",
  ],
  docs: "docs/simulator.md",
};

/** @type {import("./words.mjs").Group} */
export const tryIt = { title: "Try it", commands: [demo, simulator] };
