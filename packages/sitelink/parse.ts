/**
 * Strict parsers of what crosses the site link, both ways, of journal records and of bundles. Whoever calls one of
 * them has text from outside: a peer's message, a line of a journal, a bundle's body. The result is exactly the
 * declared type or a fault with the path of the first thing wrong; nothing is repaired, nothing unknown passes.
 *
 * Frames stay text here: whether a station's frame is valid OCPP is decided where it is handled.
 */
import { type Fault, failed, INSTANT_MS_MAX, ok, type Result, siteId, stationId } from "@wattward/kernel";
import {
  boolean,
  exactly,
  list,
  matching,
  object,
  oneOf,
  optional,
  type Rule,
  such,
  taggedBy,
  text,
  whole,
} from "@wattward/kernel/shape";
import type { Handling } from "@wattward/ocpp";
import { type Dispensation, PASSWORD_TEXT_CHARS_MAX, readPassword } from "@wattward/ocpp/ways-in";
import type {
  Bundle,
  BundleStation,
  DenyEntry,
  EnergyLimit,
  LocalListEntry,
  SignedBundle,
} from "./bundle.ts";
import * as limits from "./limits.ts";
import type { CsmsMessage, SiteMessage } from "./messages.ts";
import type { AnswerRecord, FrameRecord, GapRecord, JournalRecord } from "./record.ts";

/** The fault is the sender's; the sentence names the field and shows none of its content. */
export type LinkFault = Fault<"too-long" | "not-json" | "bad-message">;

/** A message of a site to its CSMS. */
export function parseSiteMessage(from: string): Result<SiteMessage, LinkFault> {
  return parsed<SiteMessage>(from, siteMessage, limits.SITE_MESSAGE_BYTES_MAX);
}

/** A message of a CSMS to its site. */
export function parseCsmsMessage(from: string): Result<CsmsMessage, LinkFault> {
  return parsed<CsmsMessage>(from, csmsMessage, limits.SITE_MESSAGE_BYTES_MAX);
}

/** A journal record, as the site's journal keeps it. */
export function parseRecord(from: string): Result<JournalRecord, LinkFault> {
  return parsed<JournalRecord>(from, record, limits.SITE_MESSAGE_BYTES_MAX);
}

/** The body of a bundle whose signature was verified. */
export function parseBundle(body: string): Result<Bundle, LinkFault> {
  return parsed<Bundle>(body, bundle, limits.BUNDLE_CHARS_MAX);
}

/** A signed bundle as kept in a file; its body is still to be verified and parsed. */
export function parseSignedBundle(from: string): Result<SignedBundle, LinkFault> {
  return parsed<SignedBundle>(from, signedBundle, limits.SITE_MESSAGE_BYTES_MAX);
}

function parsed<T>(from: string, rule: Rule, charsMax: number): Result<T, LinkFault> {
  if (from.length > charsMax)
    return failed(fault("too-long", ` has ${from.length} characters, over ${charsMax}`));
  let value: unknown;
  try {
    value = JSON.parse(from);
  } catch {
    return failed(fault("not-json", " is not JSON"));
  }
  const wrong = rule(value);
  if (wrong !== undefined) return failed(fault("bad-message", wrong));
  return ok(value as T);
}

const fault = (code: LinkFault["code"], wrong: string): LinkFault => ({
  code,
  sentence: `message${wrong}.`,
});

// ---------------------------------------------------------------- the vocabulary of fields
const site: Rule = (value) =>
  typeof value === "string" && siteId(value).ok ? undefined : " must be a site id (a DNS label)";
const station: Rule = (value) =>
  typeof value === "string" && stationId(value).ok ? undefined : " must be a station id";
const epoch = matching(/^[0-9a-f]{24}$/, "24 hexadecimal digits");
const trace = matching(/^[0-9a-f]{16}$/, "16 hexadecimal digits");
const version = oneOf("1.6", "2.0.1", "2.1");
const clockQuality = oneOf("synced", "holdover", "unknown");
const frame = text(limits.FRAME_CHARS_MAX, 2);
const name = text(limits.LINK_NAME_CHARS_MAX, 1);
const freeText = text(limits.LINK_TEXT_CHARS_MAX);
const count = whole(0);
const passwordProfile = whole(1, 2);
const sequence = whole(1);
const instantMs = whole(0, INSTANT_MS_MAX);
/** OCPP 1.6 gives transaction ids as integer: 32 bits signed is what stations hold; never 0 (QUIRKS 11). */
const transactionId = whole(1, 2 ** 31 - 1);

// ---------------------------------------------------------------- journal records
const head = { epoch, seq: sequence, station, receivedAtMs: instantMs, clockQuality, trace };
const record = taggedBy<JournalRecord["kind"]>("kind", {
  frame: object<FrameRecord>({
    ...head,
    kind: exactly("frame"),
    version,
    frame,
    transactionId: optional(transactionId),
    localAnswer: optional(frame),
  }),
  answer: object<AnswerRecord>({ ...head, kind: exactly("answer"), ofSeq: sequence, localAnswer: frame }),
  gap: object<GapRecord>({ ...head, kind: exactly("gap"), action: name, count: sequence }),
});

// ---------------------------------------------------------------- the bundle
const pem = text(16_384, 1);
const signedBundle = object<SignedBundle>({
  body: text(limits.BUNDLE_CHARS_MAX, 2),
  signature: matching(/^[A-Za-z0-9+/]{86}==$/, "64 bytes in base64"),
  signer: pem,
});
const denial = taggedBy<DenyEntry["kind"]>("kind", {
  serial: object<Extract<DenyEntry, { kind: "serial" }>>({
    kind: exactly("serial"),
    issuer: text(512, 1),
    serial: matching(/^[0-9A-Fa-f]{1,64}$/, "a serial number in hexadecimal"),
  }),
  key: object<Extract<DenyEntry, { kind: "key" }>>({
    kind: exactly("key"),
    spkiSha256: matching(/^[0-9a-f]{64}$/, "SHA-256 in lower-case hexadecimal"),
  }),
});
const handling = object<Handling>({
  strict: boolean,
  pinned: optional(version),
  assumed: optional(version),
  pinged: boolean,
  closeDeaf: optional(boolean),
});
const dispensation = object<Dispensation>({
  station,
  securityProfile: passwordProfile,
  untilMs: instantMs,
  passwordHash: (value) =>
    typeof value === "string" && value.length <= PASSWORD_TEXT_CHARS_MAX && readPassword(value) !== undefined
      ? undefined
      : " must be Argon2id in PHC's form",
});
const bundle = object<Bundle>({
  schema: exactly(1),
  site,
  version: sequence,
  csmsEpoch: count,
  issuedAtMs: instantMs,
  softwareFloor: name,
  stations: list(
    object<BundleStation>({ id: station, serial: text(64, 1), handling: optional(handling) }),
    limits.BUNDLE_STATIONS_MAX,
  ),
  localList: list(
    object<LocalListEntry>({
      token: text(64, 1),
      status: oneOf("Accepted", "Blocked", "Expired"),
      expiresAtMs: optional(instantMs),
    }),
    limits.BUNDLE_TOKENS_MAX,
  ),
  stationAnchors: list(pem, 8),
  deny: list(denial, limits.BUNDLE_DENIALS_MAX),
  dispensations: optional(list(dispensation, limits.BUNDLE_STATIONS_MAX)),
  energy: optional(text(limits.ENERGY_CHARS_MAX, 2)),
  guard: optional(text(limits.ENERGY_CHARS_MAX, 2)),
  energyLimit: optional(
    object<EnergyLimit>({ limitW: whole(0, limits.ENERGY_LIMIT_W_MAX), untilMs: instantMs }),
  ),
  policy: object<Bundle["policy"]>({
    unknownTokenOffline: oneOf("accept", "refuse"),
    cacheMsMax: count,
    heartbeatIntervalS: whole(10, 86_400),
  }),
});

// ---------------------------------------------------------------- site to CSMS
type From<T extends SiteMessage["t"]> = Extract<SiteMessage, { t: T }>;
const siteMessage = taggedBy<SiteMessage["t"]>("t", {
  hello: object<From<"hello">>({
    t: exactly("hello"),
    site,
    epoch,
    lastSeq: count,
    bundleVersion: count,
    bundleEpoch: optional(count),
    wallMs: instantMs,
    clockQuality,
    software: name,
  }),
  record: object<From<"record">>({ t: exactly("record"), live: boolean, record }),
  relay: object<From<"relay">>({
    t: exactly("relay"),
    relay: count,
    station,
    version,
    trace,
    receivedAtMs: instantMs,
    clockQuality,
    frame,
  }),
  sent: object<From<"sent">>({
    t: exactly("sent"),
    station,
    version,
    trace,
    receivedAtMs: instantMs,
    clockQuality,
    frame,
  }),
  up: object<From<"up">>({ t: exactly("up"), station, frame }),
  presence: object<From<"presence">>({
    t: exactly("presence"),
    station,
    connected: boolean,
    generation: count,
    version,
    address: text(limits.LINK_NAME_CHARS_MAX),
    securityProfile: optional(passwordProfile),
  }),
  observed: object<From<"observed">>({
    t: exactly("observed"),
    kind: name,
    station: optional(station),
    atMs: instantMs,
    detail: freeText,
  }),
  "lease-wanted": object<From<"lease-wanted">>({ t: exactly("lease-wanted") }),
  "bundle-state": object<From<"bundle-state">>({
    t: exactly("bundle-state"),
    version: count,
    accepted: boolean,
    reason: freeText,
  }),
  energy: object<From<"energy">>({ t: exactly("energy"), snapshot: text(limits.SNAPSHOT_CHARS_MAX, 2) }),
  "energy-quarters": object<From<"energy-quarters">>({
    t: exactly("energy-quarters"),
    quarters: text(limits.SNAPSHOT_CHARS_MAX, 2),
  }),
  beat: object<From<"beat">>({ t: exactly("beat"), wallMs: instantMs, clockQuality }),
});

// ---------------------------------------------------------------- CSMS to site
type To<T extends CsmsMessage["t"]> = Extract<CsmsMessage, { t: T }>;
const csmsMessage = taggedBy<CsmsMessage["t"]>("t", {
  welcome: object<To<"welcome">>({
    t: exactly("welcome"),
    csmsEpoch: count,
    ackedSeq: whole(-1),
    ackedTrace: optional(trace),
    wallMs: instantMs,
  }),
  ack: object<To<"ack">>({ t: exactly("ack"), epoch, seq: count }),
  answer: such<To<"answer">>(
    object<To<"answer">>({
      t: exactly("answer"),
      seq: optional(sequence),
      relay: optional(count),
      frame,
    }),
    ({ seq, relay }) => (seq === undefined) !== (relay === undefined),
    "it names either a seq or a relay",
  ),
  lease: such<To<"lease">>(
    object<To<"lease">>({ t: exactly("lease"), csmsEpoch: count, from: transactionId, to: transactionId }),
    ({ from, to }) => from <= to,
    "from is not above to",
  ),
  bundle: object<To<"bundle">>({ t: exactly("bundle"), bundle: signedBundle }),
  down: object<To<"down">>({ t: exactly("down"), station, frame }),
  "energy-acked": object<To<"energy-acked">>({ t: exactly("energy-acked"), untilWallMs: instantMs }),
  refused: object<To<"refused">>({ t: exactly("refused"), code: name, sentence: freeText }),
  beat: object<To<"beat">>({ t: exactly("beat"), wallMs: instantMs }),
});
