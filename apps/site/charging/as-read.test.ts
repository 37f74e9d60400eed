/** What goes to a managed station is what its site has read: a parser that reads otherwise gets nothing else by it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { boot, managed, raw, said } from "../transparent/testing/modes.ts";

/** A station that takes whatever the site writes by itself; what then comes down of a frame, and what the CSMS hears of it. */
async function booted() {
  const world = await managed();
  const station = await raw(world);
  await said(world, station, boot);
  let answered = 0;
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await world.time.advance(500);
      for (; answered < station.texts.length; answered++) {
        const [type, id] = JSON.parse(station.texts[answered]!);
        if (type === 2) station.wire.send(JSON.stringify([3, id, { status: "Accepted" }]));
      }
    }
  };
  await settle();
  return async (action: string, payload: string) => {
    const [before, heard] = [station.texts.length, world.csms.messages.length];
    const frame = `[2,"x1","${action}",${payload}]`;
    world.csms.send({ t: "down", station: "A" as StationId, frame });
    await settle();
    const up = world.csms.messages.slice(heard).flatMap((one) => (one.t === "up" ? [one.frame] : []));
    return {
      down: station.texts.slice(before).filter((text) => text.includes('"x1"')),
      answer: up.find((text) => text.includes('"x1"')) ?? "",
    };
  };
}

test("as read 1.6: a name that stands twice is the last of them, also for the station; one in other letters, or an action of none, goes nowhere", async () => {
  const sent = await booted();
  const plain = await sent("ChangeConfiguration", '{"key":"HeartbeatInterval","value":"60"}');
  assert.deepEqual(plain.down, ['[2,"x1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]']);
  const twice =
    '{"key":"CentralSystemURL","key":"HeartbeatInterval","value":"wss://evil.example","value":"60"}';
  assert.deepEqual((await sent("ChangeConfiguration", twice)).down, plain.down);
  for (const action of ["ChangeConfiguration", "changeConfiguration", "ChangeConfiguration "]) {
    const { answer, down } = await sent(action, '{"Key":"CentralSystemURL","value":"evil.example"}');
    assert.deepEqual(down, [], action);
    assert.match(answer, /^\[4,"x1","/, action);
  }
});

test("as read 1.6: a profile in other letters beside a remote start goes nowhere", async () => {
  const sent = await booted();
  const { answer, down } = await sent(
    "RemoteStartTransaction",
    '{"idTag":"04A1B2C3D4E5F6","connectorId":1,"ChargingProfile":{"chargingProfileId":1}}',
  );
  assert.deepEqual(down, []);
  assert.match(answer, /^\[4,"x1","/);
});
