import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Claim,
  type Incumbent,
  PASSWORD_PROBE_MS,
  REPLACEMENT_WINDOW_MS,
  takeover,
} from "./takeover.ts";

const minute = 60_000;
const nowMs = 60 * minute;
const claim: Claim = { route: "direct", key: "k1", notBeforeMs: 1_000, address: "10.0.0.1" };
const incumbent: Incumbent = { ...claim, pongAgoMs: undefined, askedAgoMs: undefined };

/** One row of the table, with what differs from the same key, the same address and no history. */
type Row = {
  says: string;
  old?: Partial<Incumbent>;
  newcomer?: Partial<Claim>;
  replacedMinutesAgo?: number[];
  decided: string;
};

const rows: Row[] = [
  { says: "same key, same address: replaces", decided: "replace same-key" },
  {
    says: "same key, same address, the old one just answered a ping: a reboot behind one NAT, replaces",
    old: { pongAgoMs: 100 },
    decided: "replace same-key",
  },
  {
    says: "same key, replaced three times in 10 minutes: the fourth is held",
    replacedMinutesAgo: [1, 2, 3],
    decided: "hold replaced-too-often",
  },
  {
    says: "same key, twice in 10 minutes: replaces",
    replacedMinutesAgo: [1, 2],
    decided: "replace same-key",
  },
  {
    says: "same key, three times but one 10 minutes ago: replaces",
    replacedMinutesAgo: [1, 2, REPLACEMENT_WINDOW_MS / minute],
    decided: "replace same-key",
  },
  {
    says: "same key, another address, the old one answered 2 s ago: clone",
    old: { pongAgoMs: 2_000 },
    newcomer: { address: "10.0.0.2" },
    decided: "hold alive-elsewhere",
  },
  {
    says: "same key, another address, last answer 2.001 s ago: the old one is asked",
    old: { pongAgoMs: 2_001 },
    newcomer: { address: "10.0.0.2" },
    decided: "probe 2000",
  },
  {
    says: "same key, another address, asked and silent: replaces",
    old: { pongAgoMs: 40_000, askedAgoMs: 2_000 },
    newcomer: { address: "10.0.0.2" },
    decided: "replace same-key",
  },
  {
    says: "same key, another address, never answered any ping, asked and silent: replaces",
    old: { askedAgoMs: 2_000 },
    newcomer: { address: "10.0.0.2" },
    decided: "replace same-key",
  },
  {
    says: "same key, another address, asked and answered: clone",
    old: { pongAgoMs: 1, askedAgoMs: 2_000 },
    newcomer: { address: "10.0.0.2" },
    decided: "hold alive-elsewhere",
  },
  {
    says: "same key, another address, answered at once, and the clock rang late: clone all the same",
    old: { pongAgoMs: 2_009, askedAgoMs: 2_010 },
    newcomer: { address: "10.0.0.2" },
    decided: "hold alive-elsewhere",
  },
  {
    says: "newer certificate with its own key: replaces, wherever from, however lively the old one",
    old: { pongAgoMs: 1 },
    newcomer: { key: "k2", notBeforeMs: 1_001, address: "10.0.0.2" },
    replacedMinutesAgo: [1, 2, 3],
    decided: "replace newer-certificate",
  },
  {
    says: "older certificate with another key: refused",
    newcomer: { key: "k0", notBeforeMs: 999 },
    decided: "refuse other-key",
  },
  {
    says: "another key as old as this one: refused",
    newcomer: { key: "k0" },
    decided: "refuse other-key",
  },
  {
    says: "direct while live at a site: refused, whatever the key",
    old: { route: "site north" },
    decided: "refuse other-route",
  },
  {
    says: "at a site while live directly: refused",
    newcomer: { route: "site north", key: undefined },
    decided: "refuse other-route",
  },
  {
    says: "at another site: refused",
    old: { route: "site south", key: undefined },
    newcomer: { route: "site north", key: undefined },
    decided: "refuse other-route",
  },
  {
    says: "wrong route with a newer certificate: refused all the same",
    old: { route: "site north" },
    newcomer: { key: "k2", notBeforeMs: 9_000 },
    decided: "refuse other-route",
  },
  {
    says: "a password against a live one: it is asked first, whatever it answered before",
    old: { securityProfile: 2, key: undefined, pongAgoMs: 1 },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "probe 5000",
  },
  {
    says: "a password, the old one asked and alive: refused, from the same address too",
    old: { securityProfile: 2, key: undefined, pongAgoMs: 1, askedAgoMs: PASSWORD_PROBE_MS },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "refuse alive",
  },
  {
    says: "a password, the old one answered at once, and the clock rang late: refused all the same",
    old: { securityProfile: 2, key: undefined, pongAgoMs: 5_009, askedAgoMs: 5_010 },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "refuse alive",
  },
  {
    says: "a password, the old one asked and last heard of before: replaces",
    old: {
      securityProfile: 2,
      key: undefined,
      pongAgoMs: PASSWORD_PROBE_MS + 1,
      askedAgoMs: PASSWORD_PROBE_MS,
    },
    newcomer: { securityProfile: 2, key: undefined, address: "10.0.0.2" },
    decided: "replace silent",
  },
  {
    says: "a password, the old one asked and never heard of: replaces",
    old: { securityProfile: 1, key: undefined, askedAgoMs: PASSWORD_PROBE_MS },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "replace silent",
  },
  {
    says: "a password against a certificate: refused, however silent the old one",
    old: { askedAgoMs: PASSWORD_PROBE_MS },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "refuse lower-profile",
  },
  {
    says: "a certificate against a password: replaces, however lively the old one",
    old: { securityProfile: 1, key: undefined, pongAgoMs: 1 },
    newcomer: { address: "10.0.0.2" },
    decided: "replace certificate-over-password",
  },
  {
    says: "a password directly while live at a site: refused",
    old: { route: "site north", key: undefined },
    newcomer: { securityProfile: 2, key: undefined },
    decided: "refuse other-route",
  },
];

for (const { says, old, newcomer, replacedMinutesAgo = [], decided } of rows) {
  test(`takeover: ${says}`, () => {
    const replacedAtMs = replacedMinutesAgo.map((ago) => nowMs - ago * minute);
    const made = takeover({ ...incumbent, ...old }, { ...claim, ...newcomer }, replacedAtMs, nowMs);
    assert.equal(made.kind === "probe" ? `probe ${made.withinMs}` : `${made.kind} ${made.why}`, decided);
  });
}
