// @ts-check
/** The table of commands: what proves the rest, and the command line's own. */
import { file, flag, folder, text } from "./words.mjs";

/** @type {import("./words.mjs").Command} */
const test = {
  name: "test",
  entry: "tests/run.ts",
  sentence: "types, lint, layers and every test",
  forms: [
    {
      sentence: "in the order in which a mistake is cheapest to find",
      options: [
        flag("fast", "the quick ones, three minutes: what to run after each small change"),
        text("only", "WORD", "only test files whose path contains WORD; types and lint are left out"),
      ],
    },
  ],
  notes: ["WATTWARD_SKIP_NONE=1 makes a skipped test a failure."],
  examples: ["test --fast", "test --only simulator"],
  docs: "CONTRIBUTING.md",
};

/** @type {import("./words.mjs").Command} */
const audit = {
  name: "audit",
  entry: "demo/audit.ts",
  sentence: "what a demo's stations sent, against what is stored; what its fuses suffered",
  forms: [
    {
      arguments: [{ name: "DIR", takes: "folder" }],
      sentence: "DIR may be a copy, or still growing; prints one JSON object, findings go to standard error",
    },
  ],
  notes: [
    "Done only if nothing was lost or counted twice, no fuse saw more than the bounds allow, cars got energy during every fault, and the traces are whole and agree with one another.",
  ],
  examples: ["audit run-1"],
  docs: "docs/demo.md",
};

/** @type {import("./words.mjs").Command} */
const bench = {
  name: "bench",
  entry: "bench/main.ts",
  sentence: "figures, each against a yardstick in the same run",
  forms: [
    {
      arguments: [
        {
          name: "NAME",
          choices: ["gateway", "site", "reconnect", "memory", "start", "modbus-guard", "site-energy"],
        },
      ],
      sentence: "progress is on standard error, the result one JSON object on standard output",
      options: [
        text("stations", "N", "how many (200; reconnect and memory 1000; site-energy 50)"),
        text("seconds", "N", "how long each round measures (5; site-energy 20)"),
        text("rounds", "N", "rounds, of which the median counts (3)"),
        folder(
          "profiles",
          "DIR",
          "where V8's CPU profiles of Wattward's programs go, a file for each thread; it makes them slower",
        ),
      ],
    },
    {
      words: "energy",
      sentence:
        "real sessions through loop, planner and forecasts on simulated time, against the offline bound",
      options: [
        file(
          "sessions",
          "FILE",
          "sessions as ACN-Data has them, csv or csv.gz; wrong lines are left out and named (needed)",
        ),
        text("cap", "KW", "what the grid connection carries (needed)"),
        folder("out", "DIR", "where the result of each session goes (needed)"),
        text("days", "N", "the first N days of the file (all)"),
        flag("weekdays", "Mondays to Fridays alone"),
        file(
          "prices",
          "FILE",
          "a time and its price in each line, EUR/MWh where its column says no other unit: cost counts too",
        ),
        text(
          "missed",
          "CT",
          "what is lost with a kWh that a car leaves without, above the dearest price (100)",
        ),
        text("bess", "KWH,KW", "a battery"),
        file(
          "pv",
          "FILE",
          "solar power, watts where its column says no other unit: whole days of 24 to 1440 lines, or a column of times",
        ),
        file("network", "FILE", "a network of ACN-Sim: each of its panels and transformers as a fuse"),
        file("history", "FILE", "sessions that the forecasts have seen before (none)"),
        flag(
          "claimed-only",
          "drivers of sessions that nobody claimed have told nothing (the file has the truth in their place)",
        ),
        flag("same-stations", "two of the rules through our loop and stations as well: as long again, each"),
        text(
          "zone",
          "NAME",
          "the site's time zone, which times without an offset are read in (America/Los_Angeles)",
        ),
      ],
    },
  ],
  notes: [
    "gateway: messages a second, against a bare echo over the same TLS. site: the same through a site controller. reconnect: all stations dropped at once, back within how many times their handshakes. memory: bytes per connected station, against a bare socket. start: from an empty folder to listening. modbus-guard: what it adds to a request, and its throughput, against a bare TCP relay. site-energy: from a load step at the meter to stations that were told less, and what the site's processes take of a core while its stations charge.",
  ],
  examples: [
    "bench gateway",
    "bench reconnect --stations 5000",
    "bench energy --sessions sessions.csv.gz --cap 30 --out energy-1",
  ],
};

/** @type {import("./words.mjs").Command} */
const soak = {
  name: "soak",
  entry: "tests/soak/main.ts",
  sentence: "the long proofs: kills, simulated days, damage, Modbus, faults; writes docs/soak.md",
  forms: [
    {
      sentence: "docs/soak.md is written where the numbers are the usual ones",
      options: [
        text("kills", "N", "SIGKILLs of each real process (100)"),
        text("days", "N", "simulated days (200)"),
        text("mutants", "N", "damaged messages of each version (100000)"),
        text("frames", "N", "fuzzed Modbus frames, both directions together (1000000)"),
        text("loop-hours", "N", "simulated hours of the energy control loop under faults (3000)"),
        text("fault-days", "N", "simulated days of faults at managed sites (200)"),
        text("jobs", "J", "of the hours and days under faults at a time (one on each core)"),
        text("seed", "S", "the same seed, the same misfortunes (1)"),
        flag("json", "the figures as one JSON object on standard output, in place of the report"),
      ],
    },
  ],
  examples: ["soak --kills 3 --days 2 --mutants 1000 --frames 1000 --loop-hours 5 --fault-days 1"],
  docs: "docs/soak.md",
};

/** @type {import("./words.mjs").Command} */
const completion = {
  name: "completion",
  entry: "launcher/completion.mjs",
  sentence: "a script by which your shell completes all of this",
  forms: [
    {
      arguments: [{ name: "SHELL", choices: ["bash", "zsh", "fish"] }],
      sentence: "prints it, for 'wattward' and for 'npx wattward'",
    },
  ],
  notes: [
    "bash, in ~/.bashrc: source <(npx wattward completion bash). zsh, in ~/.zshrc after compinit: source <(npx wattward completion zsh). fish: npx wattward completion fish > ~/.config/fish/completions/wattward.fish",
  ],
  examples: ["completion bash"],
};

/** @type {import("./words.mjs").Group} */
export const proveIt = { title: "Prove it", commands: [test, audit, bench, soak] };
/** @type {import("./words.mjs").Group} */
export const shell = { title: "Your shell", commands: [completion] };
