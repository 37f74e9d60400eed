/** 2.1's periodic event stream: opened, sent, asked for, adjusted, refused, closed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charging, opened } from "../testing/commanded.ts";

type Data = { id: number; pending: number; basetime: string; data: { t: number; v: string }[] };

test("simulator: GetPeriodicEventStream 2.1: the stream in use, whose values come unasked and unanswered", async () => {
  const b = await charging("2.1");
  const [open] = b.csms.of("OpenPeriodicEventStream");
  const stream = { id: 1, variableMonitoringId: 1, params: { interval: 10, values: 0 } };
  assert.deepEqual(open?.payload.constantStreamData, stream);
  assert.deepEqual(await b.ask("GetPeriodicEventStream", {}), { constantStreamData: [stream] });
  b.csms.sends.length = 0;
  await b.time.advance(30_500);
  const sent = b.csms.sends.map(({ payload }) => payload as unknown as Data);
  assert.equal(sent.length, 3);
  for (const { data, id, pending } of sent) {
    assert.deepEqual([id, pending, data.length, data[0]?.t], [1, 0, 10, 0]);
    assert.deepEqual(
      data.map(({ t }) => Math.round(t)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  }
  assert.equal(sent.at(-1)?.data.at(-1)?.v, "11000");
});

test("simulator: AdjustPeriodicEventStream 2.1: by number or by time; what cannot be is Rejected", async () => {
  const b = await charging("2.1");
  const adjust = (id: number, params: object) => b.status(["AdjustPeriodicEventStream", { id, params }]);
  assert.equal(await adjust(2, { interval: 5 }), "Rejected");
  assert.equal(await adjust(1, {}), "Rejected");
  assert.equal(await adjust(1, { values: 101 }), "Rejected");
  assert.equal(await adjust(1, { values: 4 }), "Accepted");
  await b.time.advance(2_000);
  b.csms.sends.length = 0;
  await b.time.advance(12_000);
  const lengths = b.csms.sends.map(({ payload }) => (payload as unknown as Data).data.length);
  assert(lengths.length >= 3);
  assert(lengths.every((length) => length === 4));
});

test("a stream that is refused is not used; one that is open goes on over reconnects, without what was measured meanwhile", async () => {
  const refused = await opened("2.1");
  assert.equal(refused.csms.of("OpenPeriodicEventStream").length, 1);
  const other = await opened("2.1", { settings: { streamS: 0 } });
  await other.time.advance(30_000);
  assert.deepEqual(other.csms.sends, []);
  assert.deepEqual(await other.ask("GetPeriodicEventStream", {}), {});

  refused.csms.drop("S1");
  await refused.time.advance(20_000);
  assert.equal(refused.csms.of("OpenPeriodicEventStream").length, 1);
  const before = refused.csms.sends.length;
  await refused.time.advance(11_000);
  assert.equal(refused.csms.sends.length, before + 1);
});

test("a stream that the central system rejects is not used", async () => {
  const b = await opened("2.1");
  b.csms.script = ({ action }) =>
    action === "OpenPeriodicEventStream" ? { kind: "result", payload: { status: "Rejected" } } : undefined;
  b.station.powerCut(1_000);
  await b.time.advance(10_000);
  b.csms.sends.length = 0;
  await b.time.advance(30_000);
  assert.deepEqual(b.csms.sends, []);
});
