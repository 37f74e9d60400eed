// @ts-check
/** The table of commands: the operator's certificates. */
import { data, file, flag, folder, json, oneOf, text } from "./words.mjs";

const days = text("days", "N", "valid for N days (by who it is for)");

/** @type {import("./words.mjs").Command} */
const pki = {
  name: "pki",
  entry: "apps/csms/cli/pki.ts",
  sentence: "certificates of stations, sites and servers: sign, issue, deny, show",
  forms: [
    {
      words: "init",
      sentence: "makes the authorities, as the central system does by itself at its first start",
      options: [
        text("domain", "D", "servers are csms.D and SITE.lc.D (wattward.test)"),
        text("operator", "NAME", "who certifies"),
        data,
        json,
      ],
    },
    {
      words: "sign",
      sentence: "signs the requests of stations or sites that made their own keys: all in the file, or none",
      options: [
        file("csr", "FILE", "the requests, in PEM"),
        text("out", "FILE", "where the certificate goes (beside the request)", { takes: "file" }),
        oneOf("as", ["station", "site", "server"], "for whom (station)"),
        text("name", "NAME", "the CN to expect; for a server its names, one --name each", { many: true }),
        days,
        data,
        json,
      ],
    },
    {
      words: "issue station",
      arguments: [{ name: "ID" }],
      sentence: "key and certificate for a station that cannot make a request",
      options: [
        folder("out", "DIR", "where they go, new or empty"),
        text("serial", "S", "CN, where it is not the id"),
        flag("plain-key", "a key without encryption"),
        days,
        data,
        json,
      ],
    },
    {
      words: "issue site",
      arguments: [{ name: "SITE" }],
      sentence: "the identity of a site",
      options: [folder("out", "DIR", "the --data of its site controller"), days, data, json],
    },
    {
      words: "deny",
      arguments: [{ name: "FILE", optional: true, takes: "file" }],
      sentence: "this certificate, and every other with its key, is no longer accepted",
      options: [
        text("key", "SHA256", "in place of FILE: a key by its hash, which 'pki show' prints"),
        text("serial", "HEX", "in place of FILE: one certificate alone, with --issuer"),
        text("issuer", "DN", "who issued it"),
        text("reason", "TEXT", "why; kept with it"),
        data,
        json,
      ],
    },
    { words: "denied", sentence: "what is no longer accepted, newest first", options: [data, json] },
    {
      words: "show",
      arguments: [{ name: "FILE", takes: "file" }],
      sentence: "what certificates, requests or keys are in a file; opens no key",
      options: [json],
    },
  ],
  notes: [
    "The passphrase of the authorities' keys: WATTWARD_PASSPHRASE, else the file keys/passphrase in the data folder. A denial closes live sockets within a second; sites get it with their next bundle.",
  ],
  examples: [
    "pki sign --csr CP-1.csr",
    "pki issue site lyon --out .wattward/lyon",
    "pki deny stolen.pem --reason 'stolen on 3 May'",
  ],
  docs: "SECURITY.md",
};

/** @type {import("./words.mjs").Group} */
export const keys = { title: "Keys", commands: [pki] };
