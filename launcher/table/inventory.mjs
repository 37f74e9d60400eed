// @ts-check
/** The table of commands: stations and cards, and people. */
import { data, flag, json, oneOf, text } from "./words.mjs";

const versions = ["1.6", "2.0.1", "2.1"];

/** @type {import("./words.mjs").Command} */
const station = {
  name: "station",
  entry: "apps/csms/cli/station.ts",
  sentence: "which stations may connect, how, and which are connected",
  forms: [
    {
      words: "add",
      arguments: [{ name: "ID", many: true }],
      sentence: "lets stations connect, or changes what is said of them; what is not said stays as it is",
      options: [
        text("site", "SITE", "at this site, which is made if it is new"),
        text("serial", "S", "CN of its certificate, where it is not the id"),
        oneOf("route", ["site", "direct", "either"], "how it may connect (site with --site, else direct)"),
        flag("strict", "refuses what breaks its schema (for a certification)"),
        flag("tolerant", "repairs it (usual)"),
        text("pin", "VERSION", "speaks only this OCPP version with it, from its next connection on", {
          choices: versions,
        }),
        flag("unpin", "speaks any of them (usual)"),
        text("assume", "VERSION", "spoken where it names no sub-protocol, instead of closing", {
          choices: versions,
        }),
        flag("assume-none", "closes instead (usual)"),
        flag("ping", "pings it (usual)"),
        flag("no-ping", "never pings it"),
        oneOf(
          "security-profile",
          ["1", "2", "3"],
          "1 or 2, with --until: it may come with a password, which is printed once; another one ends the first. 3 ends it early",
        ),
        text("until", "DATE", "a day, to its end in UTC, or an instant: 2027-03-31T18:00:00Z"),
        data,
        json,
      ],
    },
    {
      words: "accept",
      arguments: [{ name: "ID", many: true }],
      sentence: "lets in a station that came by itself with a certificate of ours (pending)",
      options: [data, json],
    },
    {
      words: "list",
      sentence: "what is in the inventory, and what is connected",
      options: [text("site", "SITE", "only those of this site"), data, json],
    },
  ],
  notes: [
    "A running central system notices within half a second, and sends the sites their new bundle. The station's certificate: wattward pki sign --csr FILE, or pki issue station ID --out DIR.",
  ],
  examples: ["station add CP-1 CP-2 --site lyon", "station list --json"],
  docs: "docs/security-profiles.md",
};

const strategies = ["fairness", "cost", "self-consumption", "guaranteed-energy"];
const why = text("why", "TEXT", "kept with the version");
const base = text("base", "N", "refused unless N is still the newest version (whatever is the newest)");

/** @type {import("./words.mjs").Command} */
const energy = {
  name: "energy",
  entry: "apps/csms/cli/energy.ts",
  sentence: "a site's energy as one document: fuses, outlets, devices, limits, tariff, strategy",
  forms: [
    {
      words: "check",
      arguments: [{ name: "FILE", takes: "file" }],
      sentence:
        "what is wrong with a document, by line, or what it means: the safe sum of each fuse and phase, and where cars get nothing without a controller",
      options: [text("site", "SITE", "against this site's stations too"), data, json],
    },
    {
      words: "set",
      arguments: [{ name: "SITE" }, { name: "FILE", takes: "file" }],
      sentence: "checks it, and makes it the site's from now on; the site gets it with its next bundle",
      options: [why, base, data, json],
    },
    {
      words: "show",
      arguments: [{ name: "SITE" }],
      sentence: "the document as it was written",
      options: [text("version", "N", "that one (the newest)"), data, json],
    },
    {
      words: "strategy",
      arguments: [{ name: "SITE" }, { name: "STRATEGY", choices: strategies }],
      sentence: "the same document with another strategy",
      options: [why, data, json],
    },
    {
      words: "history",
      arguments: [{ name: "SITE" }],
      sentence: "every version, newest first: when, who and why",
      options: [data, json],
    },
    {
      words: "remove",
      arguments: [{ name: "SITE" }],
      sentence: "the site's energy is no longer managed; its stations keep what they have",
      options: [why, base, data, json],
    },
    {
      words: "prices",
      arguments: [
        { name: "SITE", optional: true },
        { name: "FILE", takes: "file" },
      ],
      sentence:
        "prices told from outside, for a tariff that is a series: CSV (an instant with its zone and EUR/MWh in each line) or JSON as the API takes it; without SITE for every site that has none of its own. What is of the past is left out. 'fleet' in place of FILE: the site has none of its own any more",
      options: [
        text("plus", "N", "thousandths of a cent per kWh on top of each: taxes, fees (0)"),
        data,
        json,
      ],
    },
    {
      words: "limit",
      arguments: [{ name: "SITE" }, { name: "KW" }],
      sentence:
        "all that is controlled there takes at most so much together, for a time; 'off' ends it early. Lowered at once, raised as commands may",
      options: [
        text("for", "MIN", "so long (60); at most 31 days: for longer, write it into the document"),
        text("why", "TEXT", "kept with it (needed)"),
        data,
        json,
      ],
    },
  ],
  notes: ["YAML or JSON; docs/examples/site-energy.yaml is a complete one."],
  examples: [
    "energy check docs/examples/site-energy.yaml",
    "energy set lyon lyon.yaml --why 'new main fuse'",
    "energy prices day-ahead.csv --plus 18000",
    "energy limit lyon 40 --for 120 --why 'work on the main fuse'",
  ],
  docs: "docs/energy.md",
};

/** @type {import("./words.mjs").Command} */
const guard = {
  name: "guard",
  entry: "apps/site/modbus-guard/cli/main.ts",
  sentence: "policies of the Modbus guard: what is wrong with one, and what it would have refused",
  forms: [
    {
      words: "check",
      arguments: [{ name: "FILE", takes: "file" }],
      sentence: "every fault of a policy (YAML or JSON), as FILE:LINE: PATH SENTENCE on standard error",
      options: [json],
    },
    {
      words: "replay",
      arguments: [
        { name: "FILE", takes: "file" },
        { name: "CAPTURE", takes: "file" },
      ],
      sentence:
        "a packet capture (pcap) before a policy: what passes, what is refused and why, which addresses are which clients and devices, and the incidents in it",
      options: [
        text("client", "NAME=ADDRESS", "the client at this address, where the policy knows it otherwise", {
          many: true,
        }),
        text("device", "NAME=ADDRESS", "the device at this address, where the policy has a host name", {
          many: true,
        }),
        text("guard", "ADDRESS", "a guard in the capture: unit ids there are those of the policy", {
          many: true,
        }),
        text(
          "port",
          "N",
          "a TCP port more that carries Modbus (besides 502, 1502 and those of the devices)",
          {
            many: true,
          },
        ),
        json,
      ],
    },
    { words: "schema", sentence: "prints the policy's JSON Schema, for editors" },
  ],
  notes: [
    "A fault in the policy, or a capture of which nothing can be read: exit code 1. What is refused in a capture is an answer, not an error: 0.",
  ],
  examples: [
    "guard check docs/examples/modbus-guard.yaml",
    "guard replay docs/examples/modbus-guard.yaml tap.pcap --client energy=10.0.0.2",
  ],
  docs: "docs/modbus-guard.md",
};

/** @type {import("./words.mjs").Command} */
const card = {
  name: "card",
  entry: "apps/csms/cli/card.ts",
  sentence: "who may charge: RFID cards, and apps' ids",
  forms: [
    {
      words: "add",
      arguments: [{ name: "TOKEN", many: true }],
      sentence: "these may charge",
      options: [text("days", "N", "for N days (for ever)"), data, json],
    },
    {
      words: "block",
      arguments: [{ name: "TOKEN", many: true }],
      sentence: "they may not, from now on",
      options: [text("days", "N", "for N days (for ever)"), data, json],
    },
  ],
  notes: ["Sites get it with their next bundle."],
  examples: ["card add 04A1B2C3D4E580", "card block 04A1B2C3D4E580"],
};

/** @type {import("./words.mjs").Command} */
const invite = {
  name: "invite",
  entry: "apps/csms/cli/invite.ts",
  sentence: "a one-time link by which a person joins as administrator, with a passkey",
  forms: [
    {
      sentence: "prints the link",
      options: [
        text("url", "URL", "where that person opens the console; else where the running one listens"),
        data,
        json,
      ],
    },
  ],
  notes: [
    "It works once, within a day. Whoever holds it can join: hand it over by a way that only they read.",
  ],
  examples: ["invite"],
};

/** @type {import("./words.mjs").Command} */
const token = {
  name: "token",
  entry: "apps/csms/cli/token.ts",
  sentence: "a token with which a script uses the HTTP API, as administrator",
  forms: [
    {
      arguments: [{ name: "NAME" }],
      sentence: "prints it, once; NAME is shown as the author of what the script does",
      options: [text("days", "N", "valid for N days, 1 to 366 (90)"), data, json],
    },
  ],
  notes: ["Send it as: Authorization: Bearer TOKEN"],
  examples: ["token nightly-report --days 30"],
  docs: "docs/api.md",
};

/** @type {import("./words.mjs").Group} */
export const inventory = { title: "Stations, sites and cards", commands: [station, energy, guard, card] };
/** @type {import("./words.mjs").Group} */
export const people = { title: "People and scripts", commands: [invite, token] };
