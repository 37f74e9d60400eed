/** Another station comes under the id of one that is known: what was learnt of that one, and written to it, is not true of this one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { type Answers, charging, usual } from "../testing/scripted-charging.ts";
import { RetryingStation } from "../testing/world.ts";
import { fieldsOf, objectIn, textIn } from "./fields.ts";

type Charging = Awaited<ReturnType<typeof charging>>;

const boot = (version: OcppVersion, model: string, serialNumber: string) =>
  version === "1.6"
    ? { chargePointVendor: "V", chargePointModel: model, chargePointSerialNumber: serialNumber }
    : { reason: "PowerUp", chargingStation: { vendorName: "V", model, serialNumber } };

const observed = ({ world }: Charging) =>
  world.csms.messages.flatMap((message) => (message.t === "observed" ? [message.kind] : []));
const refusesTx: Answers = (action, wire) =>
  action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
    ? { status: "Rejected" }
    : undefined;

function begins({ station, world }: Pick<Charging, "station" | "world">, version: OcppVersion): void {
  const timestamp = new Date(world.time.now().wallMs).toISOString();
  if (version === "1.6")
    void station.tell("StartTransaction", { connectorId: 1, idTag: "T", meterStart: 0, timestamp });
  else
    void station.tell("TransactionEvent", {
      ...{ eventType: "Started", timestamp, triggerReason: "Authorized", seqNo: 0, evse: { id: 1 } },
      transactionInfo: { transactionId: "u" },
    });
}

for (const version of ["1.6", "2.0.1"] as const) {
  const wireOf = version === "1.6" ? "csChargingProfiles" : "chargingProfile";
  const purposes = ({ sets }: Charging) =>
    sets().map((fields) => textIn(objectIn(fields, wireOf), "chargingProfilePurpose"));

  test(`exchanged ${version}: another station is cleared of what some CSMS left in it, tried anew, and told as another, not as one that forgot`, async () => {
    let refuses = true;
    const it = await charging(version, (...asked) => (refuses ? refusesTx(...asked) : undefined));
    void it.station.tell("BootNotification", boot(version, "M", "1"));
    await it.world.time.advance(60_000);
    const told = observed(it).length;
    const asked = it.station.asked.length;
    refuses = false;
    void it.station.tell("BootNotification", boot(version, "M", "2"));
    await it.world.time.advance(60_000);
    const since = it.station.asked.slice(asked).map(([, , action]) => String(action));
    assert.deepEqual(it.energy.sessions, [], "whose transaction it was is gone");
    begins(it, version);
    await it.world.time.advance(10_000);
    assert.equal(purposes(it).at(-1), "TxProfile");
    if (version === "1.6") {
      const [cleared, set] = ["ClearChargingProfile", "SetChargingProfile"].map((a) => since.indexOf(a));
      assert(cleared! >= 0 && cleared! < set!, since.join());
    }
    assert.deepEqual(observed(it).slice(told), ["station-exchanged"]);
    assert.equal(it.energy.states.at(-1)?.unlimited, undefined);
  });

  test(`exchanged ${version}: the same one that boots again, with another firmware or without its serial number, is the same`, async () => {
    const it = await charging(version, refusesTx);
    const payload = boot(version, "M", "1");
    for (const one of [payload, { ...payload, firmwareVersion: "2" }, boot(version, "M", ""), payload]) {
      void it.station.tell("BootNotification", one);
      await it.world.time.advance(60_000);
    }
    assert(!observed(it).includes("station-exchanged"));
    assert.equal(purposes(it).at(-1), "TxDefaultProfile");
  });

  test(`exchanged ${version}: also where the site was dead meanwhile`, async () => {
    const it = await charging(version, refusesTx);
    void it.station.tell("BootNotification", boot(version, "M", "1"));
    await it.world.time.advance(60_000);
    it.world.killSite();
    await it.world.startSite();
    void it.station.tell("BootNotification", boot(version, "N", "1"));
    await it.world.time.advance(60_000);
    assert(observed(it).includes("station-exchanged"));
  });
}

test("exchanged: one that speaks another OCPP now is tried anew, too", async () => {
  const it = await charging("1.6", refusesTx);
  assert(observed(it).includes("charging-limited-by"));
  it.world.network.link("station-A", "site").cut();
  await it.world.time.advance(120_000);
  it.world.network.link("station-A", "site").heal();
  const station = new RetryingStation(it.world, "A", "2.0.1");
  station.reply = (action) => usual(action);
  void station.tell("BootNotification", boot("2.0.1", "M", "1"));
  await it.world.time.advance(60_000);
  assert(observed(it).includes("station-exchanged"));
  begins({ station, world: it.world }, "2.0.1");
  await it.world.time.advance(10_000);
  const [, , , last] = station.asked.findLast(([, , action]) => action === "SetChargingProfile")!;
  assert.equal(textIn(objectIn(fieldsOf(last), "chargingProfile"), "chargingProfilePurpose"), "TxProfile");
});
