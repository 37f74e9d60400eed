import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chance, Json, JsonObject } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { parseFrame } from "../frame.ts";
import { validateCall, validateResult } from "../validation.ts";
import type { OcppVersion } from "../version.ts";
import { PASSES_MAX, repairedCall, repairedResult } from "./mend.ts";
import { repairs } from "./table.ts";

const at = "2026-01-05T08:00:00Z";
/** Payload of a raw frame of a station, whether CALL or CALLRESULT. */
function payloadOf(raw: string, version: OcppVersion): JsonObject {
  const parsed = parseFrame(raw, version);
  if (parsed.kind === "fault" || !("payload" in parsed.frame)) throw new Error(`no payload: ${raw}`);
  return parsed.frame.payload;
}
const actionOf = (raw: string): string => String((JSON.parse(raw) as Json[])[2]);

type Row = {
  readonly says: string;
  readonly version: OcppVersion;
  readonly raw: string;
  /** Rules that were used, in their order; undefined where the refusal stands. */
  readonly rules: readonly string[] | undefined;
  /** What must be in the payload afterwards, as JSON text, and what must not. */
  readonly has?: string;
  readonly lacks?: string;
  readonly was?: string;
};

const meter16 = (meterValue: string) => `[2,"m","MeterValues",{"connectorId":1,"meterValue":${meterValue}}]`;
const sample16 = (sampled: string) => meter16(`[{"timestamp":"${at}","sampledValue":[${sampled}]}]`);
const event201 = (rest: string) =>
  `[2,"m","TransactionEvent",{"eventType":"Updated","timestamp":"${at}","triggerReason":"MeterValuePeriodic","seqNo":1,"transactionInfo":{"transactionId":"t"},${rest}}]`;
const sample201 = (sampled: string) =>
  event201(`"meterValue":[{"timestamp":"${at}","sampledValue":[${sampled}]}]`);

const calls: readonly Row[] = [
  {
    says: "quirk 01: a time without a zone is read as UTC",
    version: "1.6",
    raw: `[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2023-10-19T15:28:07"}]`,
    rules: ["time-without-zone"],
    has: `"timestamp":"2023-10-19T15:28:07Z"`,
    was: `"2023-10-19T15:28:07"`,
  },
  {
    says: "quirk 01: a time that names no instant in any zone is refused",
    version: "1.6",
    raw: `[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2023-13-19T15:28:07"}]`,
    rules: undefined,
  },
  {
    says: "quirk 02: +02 is an offset, in every place of the message at once",
    version: "1.6",
    raw: meter16(
      `[{"timestamp":"2026-01-05T10:00:00+02","sampledValue":[]},{"timestamp":"2026-01-05T10:00:00+0200","sampledValue":[]}]`,
    ),
    rules: ["offset-not-rfc3339"],
    has: `"2026-01-05T10:00:00+02:00"`,
    lacks: "+0200",
  },
  {
    says: "quirk 02: an offset that no place on earth has is refused",
    version: "1.6",
    raw: meter16(`[{"timestamp":"2026-01-05T10:00:00+25","sampledValue":[]}]`),
    rules: undefined,
  },
  {
    says: "quirk 04: 1.6, a number becomes its decimal text",
    version: "1.6",
    raw: sample16(`{"value":12345.6,"measurand":"Energy.Active.Import.Register"},{"value":7}`),
    rules: ["meter-value-number"],
    has: `{"value":"12345.6","measurand":"Energy.Active.Import.Register"},{"value":"7"}`,
    was: "12345.6",
  },
  {
    says: "quirk 04: a number that only an exponent writes is refused",
    version: "1.6",
    raw: sample16(`{"value":1e30}`),
    rules: undefined,
  },
  { says: "quirk 04: true is no number", version: "1.6", raw: sample16(`{"value":true}`), rules: undefined },
  {
    says: "quirk 04: 2.0.1, a numeric text becomes a number",
    version: "2.0.1",
    raw: sample201(`{"value":"12345.6"}`),
    rules: ["meter-value-text"],
    has: `{"value":12345.6}`,
  },
  {
    says: "quirk 04: 2.0.1, 12 Wh is no number",
    version: "2.0.1",
    raw: sample201(`{"value":"12 Wh"}`),
    rules: undefined,
  },
  {
    says: "quirk 06: a lone meterValue with a lone sampledValue (Huawei)",
    version: "1.6",
    raw: meter16(`{"timestamp":"${at}","sampledValue":{"value":"5"}}`),
    rules: ["lone-object", "lone-object"],
    has: `"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"5"}]}]`,
  },
  {
    says: "quirk 06: a text where a list belongs is refused",
    version: "1.6",
    raw: meter16(`"5"`),
    rules: undefined,
  },
  {
    says: "quirk 07: an empty value is dropped, and its neighbour stands",
    version: "2.0.1",
    raw: sample201(`{"value":""},{"value":5}`),
    rules: ["empty-sample"],
    has: `"sampledValue":[{"value":5}]`,
  },
  {
    says: "quirk 07: where nothing is left there is no meterValue",
    version: "2.0.1",
    raw: event201(`"meterValue":[{"timestamp":"${at}","sampledValue":[]}]`),
    rules: ["empty-sample", "empty-sample"],
    lacks: 'meterValue"',
  },
  {
    says: "quirk 07: connector 0, transaction 0 and an empty value are valid 1.6, and nothing is repaired",
    version: "1.6",
    raw: `[2,"m","MeterValues",{"connectorId":0,"transactionId":0,"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":""}]}]}]`,
    rules: [],
  },
  {
    says: "quirk 09: an empty required text is valid",
    version: "1.6",
    raw: `[2,"b","BootNotification",{"chargePointVendor":"","chargePointModel":""}]`,
    rules: [],
  },
  {
    says: "quirk 10: errorCode Error (Legrand) becomes OtherError",
    version: "1.6",
    raw: `[2,"1","StatusNotification",{"connectorId":1,"errorCode":"Error","status":"Faulted"}]`,
    rules: ["unknown-error-code"],
    has: `"errorCode":"OtherError"`,
    was: `"Error"`,
  },
  {
    says: "quirk 10: a status of its own is meaning, not form: refused",
    version: "1.6",
    raw: `[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Busy"}]`,
    rules: undefined,
  },
  {
    says: "quirk 10: a wrong context (Alfen) never costs the meter values",
    version: "1.6",
    raw: sample16(`{"value":"5","context":"Sample.Alfen"},{"value":"6","context":"Sample.Clock"}`),
    rules: ["unknown-context"],
    has: `{"value":"5","context":"Other"},{"value":"6","context":"Sample.Clock"}`,
  },
  {
    says: "quirk 10: an unknown measurand is never read as energy, nor an unknown unit as another",
    version: "1.6",
    raw: sample16(
      `{"value":"5","measurand":"Energy.Total"},{"value":"6","unit":"MWh"},{"value":"7","unit":"Wh"}`,
    ),
    rules: ["unknown-sample-kind", "unknown-sample-kind"],
    has: `"sampledValue":[{"value":"7","unit":"Wh"}]`,
  },
  {
    says: "quirk 10: a stop for a reason of its own is a stop",
    version: "1.6",
    raw: `[2,"1","StopTransaction",{"transactionId":1,"meterStop":5,"timestamp":"${at}","reason":"Bored"}]`,
    rules: ["unknown-reason"],
    has: `"reason":"Other"`,
  },
  {
    says: "quirk 20: 20 characters that come back with two bytes more: the stop is taken without its tag",
    version: "1.6",
    raw: `[2,"1","StopTransaction",{"transactionId":1,"meterStop":5,"timestamp":"${at}","idTag":"ABCDEFGHIJ0123456789\\u0001\\u0002"}]`,
    rules: ["bad-tag-of-stop"],
    lacks: "idTag",
    was: "89", // the end of the tag is masked text: never the whole
  },
  {
    says: "quirk 20: a tag of 21 characters is answered, and is never cut to another's",
    version: "1.6",
    raw: `[2,"1","Authorize",{"idTag":"ABCDEFGHIJ01234567890"}]`,
    rules: ["over-long-tag"],
    has: `"idTag":""`,
  },
  {
    says: "quirk 20: a tag that is a number is identity: refused",
    version: "1.6",
    raw: `[2,"1","Authorize",{"idTag":5}]`,
    rules: undefined,
  },
  {
    says: "several at once: no zone, a lone object, a number",
    version: "1.6",
    raw: meter16(`{"timestamp":"2026-01-05T08:00:00","sampledValue":[{"value":5}]}`),
    rules: ["lone-object", "time-without-zone", "meter-value-number"],
  },
  {
    says: "what is missing is not invented: the refusal stands, whatever else could be repaired",
    version: "1.6",
    raw: `[2,"1","StartTransaction",{"connectorId":1,"idTag":"A","timestamp":"2026-01-05T08:00:00"}]`,
    rules: undefined,
  },
];

for (const { says, version, raw, rules, has, lacks, was } of calls) {
  test(says, () => {
    const payload = payloadOf(raw, version);
    const before = JSON.stringify(payload);
    const mended = repairedCall(version, "station", actionOf(raw), payload);
    assert.equal(JSON.stringify(payload), before, "the payload given is not touched");
    assert.deepEqual(
      mended?.deviations.map(({ rule }) => rule),
      rules,
    );
    if (mended === undefined) return;
    assert.equal(validateCall(version, "station", actionOf(raw), mended.payload).kind, "valid");
    const text = JSON.stringify(mended.payload);
    if (has !== undefined) assert(text.includes(has), `${text} has ${has}`);
    if (lacks !== undefined) assert(!text.includes(lacks), `${text} lacks ${lacks}`);
    if (was !== undefined) assert(mended.deviations[0]?.was.includes(was), mended.deviations[0]?.was);
  });
}

const replies: readonly (Row & { readonly action: string })[] = [
  {
    says: "quirk 05: a configuration value as integer",
    version: "1.6",
    action: "GetConfiguration",
    raw: `[3,"1",{"configurationKey":[{"key":"NumberOfConnectors","readonly":true,"value":2}]}]`,
    rules: ["setting-value-number"],
    has: `"value":"2"`,
  },
  {
    says: "quirk 36: a Rejected reply padded with junk is judged by its status",
    version: "1.6",
    action: "GetCompositeSchedule",
    raw: `[3,"1",{"status":"Rejected","scheduleStart":"0","chargingSchedule":{}}]`,
    rules: ["padded-refusal"],
    has: `{"status":"Rejected"}`,
  },
  {
    says: "quirk 36: junk in a yes is no yes",
    version: "1.6",
    action: "GetCompositeSchedule",
    raw: `[3,"1",{"status":"Accepted","scheduleStart":"0"}]`,
    rules: undefined,
  },
  {
    says: "quirk 36: a status that the action does not have is no refusal",
    version: "1.6",
    action: "GetCompositeSchedule",
    raw: `[3,"1",{"status":"Perhaps","scheduleStart":"0"}]`,
    rules: undefined,
  },
  {
    says: "quirk 43: a 2.0.1 reply in 1.6 words is not repaired",
    version: "2.0.1",
    action: "GetLocalListVersion",
    raw: `[3,"1",{"listVersion":0}]`,
    rules: undefined,
  },
];
for (const { says, version, raw, action, rules, has } of replies) {
  test(says, () => {
    const mended = repairedResult(version, "station", action, payloadOf(raw, version));
    assert.deepEqual(
      mended?.deviations.map(({ rule }) => rule),
      rules,
    );
    if (mended === undefined) return;
    assert.equal(validateResult(version, "station", action, mended.payload).kind, "valid");
    if (has !== undefined) assert(JSON.stringify(mended.payload).includes(has));
  });
}

test("no deviation shows a token: at most its last four characters, and never more than half", () => {
  for (const tag of ["A", "AB", "SECRETSECRETSECRETSECRET9876", "x".repeat(100_000)]) {
    const padded = tag.padEnd(37, "!");
    const mended = repairedCall("1.6", "station", "Authorize", { idTag: padded });
    assert.equal(mended?.deviations[0]?.was.includes(padded.slice(0, 10)), false);
    assert((mended?.deviations[0]?.was.length ?? 0) <= 81);
  }
});

test("the table: every rule once, kebab-case, with an action of its version and a row of its own", () => {
  assert.equal(new Set(repairs.map(({ rule }) => rule)).size, repairs.length);
  for (const { rule, row, places } of repairs) {
    assert.match(rule, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert(row >= 1 && row <= 43);
    assert(places.length > 0);
  }
});

const odd: readonly Json[] = [
  null,
  "",
  5,
  -1,
  1e300,
  true,
  [],
  {},
  [[]],
  "2026-01-05T08:00:00",
  "x".repeat(50),
  { value: "" },
];

/** A payload with some fields replaced, dropped or doubled. */
function spoilt(value: Json, chance: Chance): Json {
  if (chance.int(0, 12) === 0) return odd[chance.int(0, odd.length - 1)] as Json;
  if (Array.isArray(value))
    return value.flatMap((item: Json) =>
      Array.from({ length: chance.int(0, 2) }, () => spoilt(item, chance)),
    );
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, spoilt(inner as Json, chance)]),
  );
}

test("whatever is sent: a repair is valid afterwards, leaves what is valid alone, and takes a bounded number of passes", () => {
  const bases = calls.map(({ raw, version }) => ({
    action: actionOf(raw),
    version,
    payload: payloadOf(raw, version),
  }));
  const used = new Set<string>();
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const chance = seededChance(seed);
    const { action, version, payload } = bases[chance.int(0, bases.length - 1)] ?? assert.fail();
    const given = spoilt(payload, chance);
    if (typeof given !== "object" || given === null || Array.isArray(given)) continue;
    const object = given as JsonObject;
    const valid = validateCall(version, "station", action, object).kind === "valid";
    const mended = repairedCall(version, "station", action, object);
    const where = `seed ${seed}: ${action} ${JSON.stringify(given)}`;
    if (valid) assert.deepEqual(mended, { payload: given, deviations: [] }, where);
    if (mended === undefined) continue;
    assert.equal(validateCall(version, "station", action, mended.payload).kind, "valid", where);
    assert(mended.deviations.length <= PASSES_MAX, where);
    for (const { rule, was, path, places } of mended.deviations) {
      used.add(rule);
      assert(was.length <= 81 && path.length <= 97 && places >= 1, where);
    }
  }
  assert(used.size >= 8, `the noise reaches the rules: ${[...used].join(", ")}`);
});

test("a megabyte of places to repair takes a few passes, not one for each", () => {
  const sampledValue = Array.from({ length: 40_000 }, (_, value) => ({ value, context: "Odd" }));
  const payload = { connectorId: 1, meterValue: [{ timestamp: "2026-01-05T08:00:00", sampledValue }] };
  const startMs = performance.now();
  const mended = repairedCall("1.6", "station", "MeterValues", payload);
  assert.deepEqual(mended?.deviations.map(({ places }) => places).sort(), [1, 40_000, 40_000]);
  assert(performance.now() - startMs < 5_000);
});
