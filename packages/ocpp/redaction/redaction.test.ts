/** The table of redaction, held against every field of text of every schema; and what a frame looks like after it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, JsonObject } from "@wattward/kernel";
import { actionsFrom, sendsFrom } from "../messages.ts";
import { type OcppVersion, ocppVersions } from "../version.ts";
import { classOf, tableEntries } from "./fields.ts";
import { redactedFrame } from "./frame.ts";
import { type About, redacted, shapeFor } from "./redact.ts";
import type { Shape } from "./shape.ts";

type Field = { readonly message: string; readonly place: string; readonly shown: string | undefined };

function* messages(): Generator<About> {
  for (const version of ocppVersions) {
    const all = new Set([...actionsFrom(version, "station"), ...actionsFrom(version, "csms")]);
    for (const action of all) {
      yield { version, action, part: "call" };
      yield { version, action, part: "result" };
    }
    for (const action of sendsFrom(version, "station")) yield { version, action, part: "send" };
  }
}

function* textsIn(shape: Shape): Generator<Extract<Shape, { kind: "text" }>> {
  if (shape.kind === "text") yield shape;
  if (shape.kind === "list") yield* textsIn(shape.item);
  if (shape.kind === "object") for (const inner of shape.fields.values()) yield* textsIn(inner);
}

function fields(): Field[] {
  return [...messages()].flatMap((about) => {
    const shape = shapeFor(about) ?? assert.fail(`${about.version} has no schema for ${about.action}`);
    return [...textsIn(shape)].map(({ place, shown }) => ({
      message: `${about.version} ${about.action}`,
      place,
      shown,
    }));
  });
}

test("redaction: every field of text of every message of every version has a class", () => {
  const all = fields();
  assert(all.length > 1_500, `only ${all.length} fields were seen`);
  const without = all.filter(({ shown }) => shown === undefined);
  assert.deepEqual([...new Set(without.map(({ message, place }) => `${message} ${place}`))], []);
});

test("redaction: a field that a later schema adds has none, so the test above would tell, and nobody would see it", () => {
  assert.equal(classOf("BootNotificationRequest.homeAddressOfTheOwner"), undefined);
  const told = redacted(
    { version: "1.6", action: "BootNotification", part: "call" },
    { chargePointModel: "M", homeAddressOfTheOwner: "7 Elm Road" },
  );
  assert.deepEqual(told, { chargePointModel: "M", "…": "1 not in the schema" });
});

test("redaction: nothing in the table is for a field that there is not", () => {
  const all = fields();
  const names = new Set(all.map(({ place }) => place.replace(/\[\]$/, "").split(".").at(-1)));
  const places = new Set(all.map(({ place }) => place));
  assert.deepEqual(
    tableEntries.names.filter((name) => !names.has(name)),
    [],
  );
  assert.deepEqual(
    tableEntries.places.filter((place) => !places.has(place)),
    [],
  );
});

/** A payload with `secret` wherever its schema allows a text, an enumeration, an instant or a number. */
function planted(shape: Shape, secret: string): Json {
  if (shape.kind === "object") {
    const inner = [...shape.fields].map(([name, field]) => [name, planted(field, secret)] as const);
    return Object.fromEntries([...inner, [secret, secret]]);
  }
  return shape.kind === "list" ? [planted(shape.item, secret)] : secret;
}

test("redaction: a card in every place of every message: shown is at most its end, but for what may be any word", () => {
  const card = "CARD-7731-ZQ7XW0PLM2K";
  let looked = 0;
  for (const about of messages()) {
    const shape = shapeFor(about) ?? assert.fail();
    const payload = planted(shape, card) as JsonObject;
    for (const [name, told] of Object.entries(redacted(about, payload) as JsonObject)) {
      const field = shape.kind === "object" ? shape.fields.get(name) : undefined;
      const free = field !== undefined && [...textsIn(field)].some(({ shown }) => freely.has(shown ?? ""));
      looked += 1;
      if (!free)
        assert(
          !JSON.stringify(told).includes(card),
          `${about.version} ${about.action}.${name}: ${JSON.stringify(told)}`,
        );
    }
  }
  assert(looked > 500, `${looked}`);
});
const freely = new Set(["plain", "text", "address"]);

const call = (version: OcppVersion, action: string) => ({ version, action, part: "call" }) as const;
const result = (version: OcppVersion, action: string) => ({ version, action, part: "result" }) as const;
const component = (name: string) => ({ component: { name } });

const rows: readonly [says: string, about: About, payload: JsonObject, told: JsonObject][] = [
  [
    "a card's end",
    call("1.6", "StartTransaction"),
    { connectorId: 1, idTag: "CARD16ZQ7XW0", meterStart: 0, timestamp: "2026-01-01T00:00:00Z" },
    { connectorId: 1, idTag: "…7XW0 (12 characters)", meterStart: 0, timestamp: "2026-01-01T00:00:00Z" },
  ],
  [
    "a car's address, not even its end",
    call("2.0.1", "Authorize"),
    { idToken: { idToken: "0A1B2C3D4E5F", type: "MacAddress" } },
    { idToken: { idToken: "… (12 characters)", type: "MacAddress" } },
  ],
  [
    "the password of 1.6",
    call("1.6", "ChangeConfiguration"),
    { key: "AuthorizationKey", value: "30313233" },
    { key: "AuthorizationKey", value: "… (8 characters)" },
  ],
  [
    "a setting of the specification",
    call("1.6", "ChangeConfiguration"),
    { key: "HeartbeatInterval", value: "300" },
    { key: "HeartbeatInterval", value: "300" },
  ],
  [
    "a vendor's own setting: nobody knows what it is, unless it is yes or no",
    result("1.6", "GetConfiguration"),
    {
      configurationKey: [
        { key: "WlanPhrase", readonly: false, value: "hunter22" },
        { key: "Beep", readonly: true, value: "true" },
      ],
    },
    {
      configurationKey: [
        { key: "WlanPhrase", readonly: false, value: "… (8 characters)" },
        { key: "Beep", readonly: true, value: "true" },
      ],
    },
  ],
  [
    "the password of 2.x",
    call("2.0.1", "SetVariables"),
    {
      setVariableData: [
        {
          attributeValue: "hunter2222",
          ...component("SecurityCtrlr"),
          variable: { name: "BasicAuthPassword" },
        },
        { attributeValue: "600", ...component("OCPPCommCtrlr"), variable: { name: "HeartbeatInterval" } },
      ],
    },
    {
      setVariableData: [
        {
          attributeValue: "… (10 characters)",
          ...component("SecurityCtrlr"),
          variable: { name: "BasicAuthPassword" },
        },
        { attributeValue: "600", ...component("OCPPCommCtrlr"), variable: { name: "HeartbeatInterval" } },
      ],
    },
  ],
  [
    "values of a report go by the variable above them",
    call("2.1", "NotifyReport"),
    {
      reportData: [
        {
          ...component("AuthCtrlr"),
          variable: { name: "MasterPassGroupId" },
          variableAttribute: [{ value: "MASTER" }],
        },
      ],
    },
    {
      reportData: [
        {
          ...component("AuthCtrlr"),
          variable: { name: "MasterPassGroupId" },
          variableAttribute: [{ value: "… (6 characters)" }],
        },
      ],
    },
  ],
  [
    "credentials and query of an address",
    call("2.0.1", "GetLog"),
    {
      log: { remoteLocation: "ftps://joe:hunter2@files.example/logs?sig=abc#x" },
      logType: "DiagnosticsLog",
      requestId: 1,
    },
    { log: { remoteLocation: "ftps://…@files.example/logs?…" }, logType: "DiagnosticsLog", requestId: 1 },
  ],
  [
    "what two sides agreed on, of whatever type",
    call("2.0.1", "DataTransfer"),
    { vendorId: "v", data: { pin: 1234 } },
    { vendorId: "v", data: "… (an object of 1)" },
  ],
  [
    "a network's passwords and user",
    call("2.1", "SetNetworkProfile"),
    {
      connectionData: {
        basicAuthPassword: "hunter2",
        apn: { apn: "iot", apnPassword: "p", apnUserName: "u" },
        vpn: { key: "k", password: "p", user: "u", server: "vpn.example" },
      },
    },
    {
      connectionData: {
        basicAuthPassword: "… (7 characters)",
        apn: { apn: "iot", apnPassword: "… (1 characters)", apnUserName: "… (1 characters)" },
        vpn: {
          key: "… (1 characters)",
          password: "… (1 characters)",
          user: "… (1 characters)",
          server: "vpn.example",
        },
      },
    },
  ],
  [
    "what is of another kind than its schema says",
    call("1.6", "StartTransaction"),
    { connectorId: "CARD16", idTag: 12345678, meterStart: ["CARD16"], timestamp: "CARD16ZQ7XW0PLM" },
    {
      connectorId: "… (6 characters)",
      idTag: "… (a number)",
      meterStart: "… (a list of 1)",
      timestamp: "… (15 characters)",
    },
  ],
  [
    "a register as text, which somebody may have to bill by",
    call("1.6", "StopTransaction"),
    { transactionId: "7", meterStop: "12.5 kWh", timestamp: "2026-01-01 00:00:00" },
    { transactionId: "7", meterStop: "12.5 kWh", timestamp: "2026-01-01 00:00:00" },
  ],
];
for (const [says, about, payload, told] of rows) {
  test(`redaction: ${about.action}: ${says}`, () => assert.deepEqual(redacted(about, payload), told));
}

const context = (from: "station" | "csms", action?: string) =>
  ({ version: "1.6", from, actionOf: () => action, charsMax: 200 }) as const;

test("redaction: frames: a reply goes by the action of its call; without one nothing of it is shown", () => {
  const text = '[3,"m1",{"idTagInfo":{"status":"Accepted","parentIdTag":"PARENT77"}}]';
  assert.equal(
    redactedFrame(text, context("csms", "Authorize")).text,
    '[3,"m1",{"idTagInfo":{"status":"Accepted","parentIdTag":"…NT77 (8 characters)"}}]',
  );
  assert.equal(redactedFrame(text, context("csms")).text, '[3,"m1","… (an object of 1)"]');
});

test("redaction: frames: what cannot be read, or names no action that there is, shows its length alone", () => {
  const cut = redactedFrame('[2,"m1","Authorize",{"idTag":"CARD16', context("station"));
  assert.deepEqual(
    [cut.kind, cut.id, cut.text],
    ["unreadable", "m1", "the message is not JSON (36 characters)"],
  );
  const vendor = redactedFrame('[2,"m1","CARD16",{"CARD16":"CARD16"}]', context("station"));
  assert.equal(vendor.text, '[2,"m1","… (6 characters)","… (an object of 1)"]');
  const error = redactedFrame('[4,"m1","GenericError","no CARD16",{"CARD16":1}]', context("station"));
  assert.equal(error.text, '[4,"m1","GenericError","… (9 characters)",{}]');
});

test("redaction: frames: a text is bounded, whatever the frame", () => {
  const samples = Array.from({ length: 1_000 }, () => ({ value: "1" }));
  const meterValue = [{ timestamp: "2026-01-01T00:00:00Z", sampledValue: samples }];
  const long = JSON.stringify([2, "m1", "MeterValues", { connectorId: 1, meterValue }]);
  assert.equal(redactedFrame(long, context("station")).text.length, 201);
});
