/** A station that nobody manages any more keeps nothing of what the site wrote, however many EVSEs it has, and however late it says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { energyConfig } from "../testing/energy-document.ts";
import { type Answers, charging } from "../testing/scripted-charging.ts";
import { numberIn, objectIn } from "./fields.ts";

const EVSES = 6;

function document(): string {
  const config = energyConfig(Array.from({ length: EVSES }, () => "A"));
  const outlets = config.site.outlets.map((outlet, i) => ({ ...outlet, evse: i + 1 }));
  return JSON.stringify({ ...config, site: { ...config.site, outlets } });
}

/** Limited by defaults of its EVSEs, which outlive its transactions. */
async function station() {
  const holds = new Set<number>();
  let deaf = false;
  const answers: Answers = (action, wire, fields) => {
    if (action === "SetChargingProfile") {
      if (wire.get("chargingProfilePurpose") === "TxProfile") return { status: "Rejected" };
      holds.add(numberIn(wire, "id") ?? -1);
    }
    if (action !== "ClearChargingProfile") return undefined;
    if (deaf) return null;
    const id = numberIn(fields, "chargingProfileId");
    if (objectIn(fields, "chargingProfileCriteria").size > 0) return { status: "Unknown" };
    return { status: id !== undefined && holds.delete(id) ? "Accepted" : "Unknown" };
  };
  const it = await charging("2.0.1", answers);
  const { csms, time } = it.world;
  const bundle = (energy: string | undefined) => {
    const { energy: _, ...plain } = csms.bundle;
    const version = plain.version + 1;
    csms.sendBundle({ ...plain, version, ...(energy !== undefined && { energy }) });
  };
  bundle(document());
  const timestamp = () => new Date(time.now().wallMs).toISOString();
  for (let evse = 1; evse <= EVSES; evse++) {
    await time.advance(10_000);
    void it.station.tell("TransactionEvent", {
      ...{ eventType: "Started", timestamp: timestamp(), triggerReason: "Authorized", seqNo: 0 },
      ...{ transactionInfo: { transactionId: `t${evse}` }, evse: { id: evse } },
    });
  }
  await time.advance(120_000);
  assert.equal(holds.size, 1 + EVSES, [...holds].join());
  return { ...it, holds, unmanage: () => bundle(undefined), hears: (yes: boolean) => (deaf = !yes) };
}

test("release: nothing is left at any EVSE", async () => {
  const it = await station();
  it.unmanage();
  await it.world.time.advance(60_000);
  assert.deepEqual([...it.holds], []);
  assert.equal(await it.world.disk.boot().read("state/charging/station-A.json"), undefined);
});

test("release: also of a station that comes back after the site was started anew", async () => {
  const it = await station();
  it.hears(false);
  it.unmanage();
  await it.world.time.advance(30_000);
  it.world.killSite();
  await it.world.startSite();
  it.hears(true);
  void it.station.tell("Heartbeat", {});
  await it.world.time.advance(60_000);
  assert.deepEqual([...it.holds], []);
});

test("release: a station that does not say whether it cleared a grant is asked once more when it comes again", async () => {
  const it = await station();
  let answered = 0;
  const reply = it.station.reply as (action: string, payload: object) => object | string | undefined;
  it.station.reply = (action, payload) => {
    if (action === "ClearChargingProfile" && ++answered > 3) return undefined;
    return reply(action, payload);
  };
  it.unmanage();
  await it.world.time.advance(120_000);
  it.station.reply = reply;
  it.world.killSite();
  await it.world.startSite();
  void it.station.tell("Heartbeat", {});
  await it.world.time.advance(60_000);
  assert.deepEqual([...it.holds], []);
});
