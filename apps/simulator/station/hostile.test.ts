/** What a broken or hostile central system sends: the station lives, complains, and goes on charging. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { bench } from "../testing/bench.ts";

const settings = { attemptIntervalS: 1, attempts: 3, messageTimeoutS: 5, sampleS: 5 };

const garbage = [
  "",
  "{}",
  "[]",
  "[2]",
  "[2,1,2,3]",
  '[2,"x","Reset"]',
  '[2,"x","Reset",null]',
  '[2,"x","Reset",{"type":5}]',
  '[2,"x","__proto__",{}]',
  '[2,"x","Reset",{"__proto__":{"type":"Hard"}}]',
  '[3,"never-asked",{}]',
  '[4,"never-asked","GenericError","",{}]',
  '[9,"x","Reset",{}]',
  `[2,"${"i".repeat(300)}","Reset",{"type":"Soft"}]`,
  "[".repeat(10_000),
  `[3,"x",${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}]`,
  "not json \u0000 \uffff",
  '[2,"x","SetChargingProfile",{"connectorId":-5,"csChargingProfiles":{}}]',
];

for (const version of ocppVersions) {
  test(`${version}: no frame of a table of bad ones stops a session, and each is a complaint`, async () => {
    const { csms, failures, powerOn, session, station, time } = await bench(version, { settings });
    await powerOn();
    for (const text of garbage) csms.send("S1", text);
    await time.advance(5_000);
    assert.deepEqual(failures, []);
    assert(station.notebook.complaintCount >= garbage.length - 2, String(station.notebook.complaintCount));
    await session(10_000);
    assert.equal(station.notebook.transactions.length, 1);
    assert(station.notebook.transactions[0]!.messages.every(({ fate }) => fate === "answered"));
  });

  test(`${version}: answers that break their schema are complaints; the message is told again and then given up`, async () => {
    const { csms, failures, powerOn, session, station, time } = await bench(version, { settings });
    await powerOn();
    csms.script = ({ action, id, payload }) => {
      if (action === "StopTransaction" || payload.eventType === "Ended") {
        return { kind: "text", text: `[3,"${id}",{"idTagInfo":5,"idTokenInfo":5}]` };
      }
      return undefined;
    };
    await session(6_000);
    await time.advance(30_000);
    assert.deepEqual(failures, []);
    const { messages } = station.notebook.transactions[0]!;
    assert.equal(messages.at(-1)!.attempts, 3);
    assert.equal(messages.at(-1)!.fate, "given-up");
    assert.equal(station.notebook.complaints.filter(({ what }) => what === "bad reply").length, 3);
  });

  test(`${version}: seeded noise on real frames never stops it`, async () => {
    let deep = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const chance = seededChance(seed);
      const { csms, failures, powerOn, station, time } = await bench(version, { settings }, seed);
      await powerOn();
      const frames = [
        `[2,"c${seed}","Reset",{"type":"Soft"}]`,
        `[2,"c${seed}","TriggerMessage",{"requestedMessage":"Heartbeat"}]`,
        `[2,"c${seed}","DataTransfer",{"vendorId":"x"}]`,
      ];
      for (let i = 0; i < 25; i++) csms.send("S1", noisy(frames[chance.int(0, 2)]!, chance));
      await time.advance(8_000);
      assert.deepEqual(failures, [], `seed ${seed}`);
      deep += station.notebook.complaints.filter(({ what }) => what === "bad request").length;
      await time.advance(20_000);
      assert.equal(station.view().accepted, true, `seed ${seed}`);
    }
    assert(deep > 20, `only ${deep} noisy frames got as far as a schema`);
  });

  test(`${version}: answers to Boot and Heartbeat that are no answers leave it asking`, async () => {
    const { csms, failures, station, time } = await bench(version, { settings });
    let refused = 0;
    csms.script = ({ action, id }) => {
      if (action !== "BootNotification" || refused === 3) return undefined;
      refused++;
      return {
        kind: "text",
        text: [`[3,"${id}",{"heartbeatInterval":5}]`, `[3,"${id}"`, `[3,"${id}",[]]`][refused - 1]!,
      };
    };
    void station.powerOn();
    await time.advance(60_000);
    assert.deepEqual(failures, []);
    assert.equal(csms.of("BootNotification").length, 4);
    assert.equal(station.view().accepted, true);
  });
}

/** Changes, drops or doubles one character, or cuts the text. */
function noisy(text: string, chance: ReturnType<typeof seededChance>): string {
  const at = chance.int(0, text.length - 1);
  const letter = String.fromCharCode(chance.int(32, 126));
  const kinds = [
    text,
    text.slice(0, at) + letter + text.slice(at + 1),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + letter + text.slice(at),
    text.slice(0, at),
  ];
  return kinds[chance.int(1, 4)]!;
}
