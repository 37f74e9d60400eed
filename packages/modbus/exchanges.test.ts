/** Transaction ids over more requests than there are ids, and links that are slow to say that they have ended. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { type ExchangeEnd, Exchanges, type MasterEvent } from "./exchanges.ts";
import { cutAdu, joinAdu } from "./mbap.ts";
import { readRequest, writeRequest, writeResponse } from "./pdu.ts";
import { HandLink } from "./testing/hand-link.ts";

function bench(options: { closesLate?: boolean } = {}) {
  const link = new HandLink(options);
  const events: MasterEvent[] = [];
  let over = 0;
  const exchanges = new Exchanges(link, seededChance(1), {
    observe: (event) => events.push(event),
    over: () => void over++,
  });
  const begin = (unit: number) => {
    const request = { kind: "write-single-register", address: unit, value: 7 } as const;
    const ends: ExchangeEnd["kind"][] = [];
    const exchange = {
      unit,
      request,
      pdu: writeRequest(request),
      settle: (end: ExchangeEnd) => void ends.push(end.kind),
    };
    exchanges.begin(exchange);
    return { exchange, ends };
  };
  /** The request that went out last, and its answer. */
  const taken = () => {
    const cut = cutAdu(link.sent.pop() ?? new Uint8Array(0));
    assert(cut.kind === "adu");
    const request = readRequest(cut.adu.pdu);
    assert(request.ok && request.value.kind === "write-single-register");
    return {
      transaction: cut.adu.transaction,
      answer: joinAdu({ ...cut.adu, pdu: writeResponse(request.value) }),
    };
  };
  return { link, exchanges, begin, taken, events, over: () => over };
}

test("exchanges: an id whose answer is owed, or that is in use, is not given again, all the way round", () => {
  const { link, exchanges, begin, taken, events } = bench();
  const lost = begin(1);
  const owed = taken();
  exchanges.giveUp(lost.exchange);
  begin(2);
  const used = taken();
  for (let n = 0; n < 0x10000 + 10; n++) {
    const { ends } = begin(3);
    const { transaction, answer } = taken();
    assert(transaction !== owed.transaction && transaction !== used.transaction, `request ${n}`);
    link.arrive(answer);
    assert.deepEqual(ends, ["reply"]);
  }
  link.arrive(owed.answer);
  assert.deepEqual(events, [{ kind: "late-answer", unit: 1, transaction: owed.transaction }]);
  assert.deepEqual(lost.ends, []);
  link.arrive(owed.answer);
  assert.equal(events[1]?.kind, "unasked-answer");
});

test("exchanges: nothing is begun on a link that is ending, however long that takes it", () => {
  const { link, exchanges, begin, taken, over } = bench({ closesLate: true });
  const waiting = begin(1);
  const late = taken();
  exchanges.close();
  assert.deepEqual([waiting.ends, over()], [["closed"], 1]);
  const after = begin(2);
  assert.deepEqual([after.ends, link.sent.length], [["closed"], 0]);
  link.arrive(late.answer);
  link.told();
  assert.deepEqual([waiting.ends, over()], [["closed"], 1]);
});
