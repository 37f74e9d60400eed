/** Configuration keys and variables by command, in each version: what is listed, asked, set, reported, and how much at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { charging, type Opened, opened } from "../testing/commanded.ts";

type Fields = { readonly [field: string]: unknown };
const at = (component: string, variable: string, evse?: object) => ({
  component: { name: component, ...(evse !== undefined && { evse }) },
  variable: { name: variable },
});

test("simulator: GetConfiguration 1.6: every key once, with what may be set; more than it takes are refused", async () => {
  const b = await opened("1.6");
  const { configurationKey } = (await b.ask("GetConfiguration", {})) as { configurationKey: Fields[] };
  const keys = configurationKey.map(({ key }) => String(key));
  assert.equal(new Set(keys.map((key) => key.toLowerCase())).size, keys.length);
  for (const key of [
    "NumberOfConnectors",
    "ChargeProfileMaxStackLevel",
    "LocalAuthListMaxLength",
    "SupportedFeatureProfiles",
  ]) {
    assert(
      configurationKey.some((each) => each.key === key && each.readonly === true),
      key,
    );
  }
  const many = Array.from({ length: 51 }, (_, i) => `Key${i}`);
  assert.equal((await b.command(["GetConfiguration", { key: many }]))[2], "OccurenceConstraintViolation");
  const { unknownKey } = (await b.ask("GetConfiguration", { key: many.slice(0, 50) })) as {
    unknownKey: string[];
  };
  assert.equal(unknownKey.length, 50);
});

test("simulator: ChangeConfiguration 1.6: a list is taken whole or not at all, and the samples follow it (QUIRKS 40)", async () => {
  const b = await opened("1.6");
  const set = (value: string) => b.status(["ChangeConfiguration", { key: "MeterValuesSampledData", value }]);
  assert.equal(await set("SoC,Temperature"), "Rejected");
  assert.equal(await set("SoC,SoC"), "Rejected");
  assert.equal(await set("Energy.Active.Import.Register,Power.Active.Import"), "Accepted");
  await b.charge();
  await b.time.advance(15_000);
  const [sampled] = b.csms.of("MeterValues").at(-1)!.payload.meterValue as {
    sampledValue: { measurand: string }[];
  }[];
  assert.deepEqual(
    sampled!.sampledValue.map(({ measurand }) => measurand),
    ["Energy.Active.Import.Register", "Power.Active.Import"],
  );
});

for (const version of ["2.0.1", "2.1"] as const) {
  const got = async (b: Opened, ...asked: object[]) => {
    const { getVariableResult } = (await b.ask("GetVariables", { getVariableData: asked })) as {
      getVariableResult: Fields[];
    };
    return getVariableResult.map(({ attributeStatus, attributeValue }) => attributeValue ?? attributeStatus);
  };
  const reports = async (b: Opened) => {
    await b.time.advance(5_000);
    const heard = b.csms
      .of("NotifyReport")
      .map(
        ({ payload }) =>
          payload as { seqNo: number; tbc: boolean; reportData: (Fields & ReturnType<typeof at>)[] },
      );
    b.csms.heard.length = 0;
    for (const [i, { seqNo, tbc }] of heard.entries())
      assert.deepEqual([seqNo, tbc], [i, i < heard.length - 1]);
    return heard.flatMap(({ reportData }) => reportData);
  };

  test(`simulator: GetVariables ${version}: settings, and how EVSEs and connectors stand`, async () => {
    const b = await charging(version);
    assert.deepEqual(
      await got(
        b,
        at("EVSE", "AvailabilityState", { id: 1 }),
        at("connector", "availabilitystate", { id: 1, connectorId: 1 }),
        at("EVSE", "Power", { id: 1 }),
        at("EVSE", "AvailabilityState", { id: 2 }),
        at("EVSE", "Colour", { id: 1 }),
        { ...at("EVSE", "Power", { id: 1 }), attributeType: "Target" },
        at("SmartChargingCtrlr", "RateUnit"),
      ),
      [
        "Occupied",
        "Occupied",
        "22000",
        "UnknownComponent",
        "UnknownVariable",
        "NotSupportedAttributeType",
        "A,W",
      ],
    );
  });

  test(`simulator: GetVariables ${version}: more, or longer, than it says it takes is refused`, async () => {
    const b = await opened(version);
    const limit = {
      ...at("DeviceDataCtrlr", "ItemsPerMessage"),
      variable: { name: "ItemsPerMessage", instance: "GetVariables" },
    };
    const [most] = await got(b, limit);
    const asked = (n: number) => ({
      getVariableData: Array.from({ length: n }, () => at("EVSE", "Power", { id: 1 })),
    });
    assert.equal((await b.command(["GetVariables", asked(Number(most))]))[0], 3);
    assert.equal(
      (await b.command(["GetVariables", asked(Number(most) + 1)]))[2],
      "OccurrenceConstraintViolation",
    );
    const long = { ...at("EVSE", "Power"), customData: { vendorId: "V", text: "x".repeat(9_000) } };
    assert.equal((await b.command(["GetVariables", { getVariableData: [long] }]))[2], "FormatViolation");
  });

  test(`simulator: SetVariables ${version}: what is no setting is Rejected; a list of words; too many at once`, async () => {
    const b = await opened(version);
    const set = async (place: object, attributeValue: string) => {
      const { setVariableResult } = (await b.ask("SetVariables", {
        setVariableData: [{ ...place, attributeValue }],
      })) as { setVariableResult: Fields[] };
      return setVariableResult[0]?.attributeStatus;
    };
    assert.equal(await set(at("EVSE", "Power", { id: 1 }), "1"), "Rejected");
    assert.equal(await set(at("SampledDataCtrlr", "TxUpdatedMeasurands"), "SoC"), "Accepted");
    assert.equal(await set(at("SampledDataCtrlr", "TxUpdatedMeasurands"), "Noise"), "Rejected");
    assert.equal(await set(at("SampledDataCtrlr", "TxUpdatedInterval"), "86401"), "Rejected");
    const many = Array.from({ length: 9 }, () => ({
      ...at("SampledDataCtrlr", "TxUpdatedInterval"),
      attributeValue: "5",
    }));
    assert.equal(
      (await b.command(["SetVariables", { setVariableData: many }]))[2],
      "OccurrenceConstraintViolation",
    );
  });

  test(`simulator: GetBaseReport ${version}: all, what can be set, how it stands; in numbered parts`, async () => {
    const b = await opened(version);
    const ask = (reportBase: string) => b.status(["GetBaseReport", { requestId: 1, reportBase }]);
    assert.equal(await ask("FullInventory"), "Accepted");
    const all = await reports(b);
    const names = all.map(({ component, variable }) => JSON.stringify([component, variable]));
    assert.equal(new Set(names).size, names.length, "each once");
    assert.equal(await ask("ConfigurationInventory"), "Accepted");
    const settable = await reports(b);
    assert(settable.length > 5 && settable.length < all.length);
    assert(
      settable.every(({ variableAttribute }) => JSON.stringify(variableAttribute).includes("ReadWrite")),
    );
    assert.equal(await ask("SummaryInventory"), "Accepted");
    const standing = new Set((await reports(b)).map(({ component }) => component.name));
    assert.deepEqual([...standing], ["ChargingStation", "EVSE", "Connector"]);
  });

  test(`simulator: GetReport ${version}: by name, by criterion, by both; nothing, and too many`, async () => {
    const b = await opened(version, { evses: 2 });
    const ask = (more: object) => b.status(["GetReport", { requestId: 2, ...more }]);
    const named = (...componentVariable: object[]) => ({ componentVariable });
    assert.equal(await ask(named({ component: { name: "EVSE", evse: { id: 2 } } })), "Accepted");
    const evse = await reports(b);
    assert(
      evse.length > 2 &&
        evse.every(({ component }) => JSON.stringify(component) === '{"name":"EVSE","evse":{"id":2}}'),
    );
    assert.equal(await ask(named({ component: { name: "evse" }, variable: { name: "Power" } })), "Accepted");
    assert.equal((await reports(b)).length, 2, "of both");
    assert.equal(await ask({ componentCriteria: ["Problem"] }), "EmptyResultSet");
    assert.equal(
      await ask({
        componentCriteria: ["Problem", "Available"],
        ...named({ component: { name: "Connector" } }),
      }),
      "Accepted",
    );
    assert((await reports(b)).every(({ component }) => component.name === "Connector"));
    assert.equal(await ask(named({ component: { name: "Coffee" } })), "EmptyResultSet");
    const many = Array.from({ length: 9 }, () => ({ component: { name: "EVSE" } }));
    assert.equal(
      (await b.command(["GetReport", { requestId: 2, ...named(...many) }]))[2],
      "OccurrenceConstraintViolation",
    );
  });

  test(`simulator: GetTransactionStatus ${version}: going on, over, unknown; messages on their way or not`, async () => {
    const b = await charging(version);
    const ask = (transactionId?: unknown) =>
      b.ask("GetTransactionStatus", transactionId === undefined ? {} : { transactionId });
    const id = b.wireId();
    assert.deepEqual(await ask(id), { ongoingIndicator: true, messagesInQueue: false });
    assert.deepEqual(await ask("another"), { ongoingIndicator: false, messagesInQueue: false });
    assert.deepEqual(await ask(), { messagesInQueue: false });
    b.csms.script = ({ action }) => (action === "TransactionEvent" ? { kind: "silence" } : undefined);
    b.station.unplug(b.station.evses[0]!.id);
    await b.time.advance(1_000);
    assert.deepEqual(await ask(id), { ongoingIndicator: false, messagesInQueue: true });
    assert.deepEqual(await ask(), { messagesInQueue: true });
  });
}

test("every setting that a version lists has a value that it would take itself", async () => {
  for (const version of ocppVersions) {
    const b = await opened(version);
    const settings = version === "1.6" ? await keysOf(b) : await variablesOf(b);
    assert(settings.length > 10);
    for (const [words, expected] of settings)
      assert.equal(await b.status(words), expected, JSON.stringify(words));
  }

  async function keysOf(b: Opened) {
    const { configurationKey } = (await b.ask("GetConfiguration", {})) as { configurationKey: Fields[] };
    return configurationKey
      .filter(({ readonly }) => readonly === false)
      .map(({ key, value }) => [["ChangeConfiguration", { key, value }], "Accepted"] as const);
  }

  async function variablesOf(b: Opened) {
    await b.ask("GetBaseReport", { requestId: 1, reportBase: "ConfigurationInventory" });
    await b.time.advance(5_000);
    const data = b.csms
      .of("NotifyReport")
      .flatMap(
        ({ payload }) => payload.reportData as (Fields & { variableAttribute: { value: string }[] })[],
      );
    for (const { component, variable, variableAttribute } of data) {
      const set = { component, variable, attributeValue: variableAttribute[0]!.value };
      const { setVariableResult } = (await b.ask("SetVariables", { setVariableData: [set] })) as {
        setVariableResult: Fields[];
      };
      assert.equal(setVariableResult[0]?.attributeStatus, "Accepted", JSON.stringify(set));
    }
    return data.map(() => [["ClearCache", {}], "Accepted"] as const);
  }
});
