/** Patterns as a live guard would feed them: one incident each, with how many frames, and none where nothing is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Request, writeRequest } from "@wattward/modbus";
import { ModbusGuard } from "../guard.ts";
import type { ClientName } from "../policy.ts";
import { instant } from "../testing/guarded-bank.ts";
import { smallPolicy } from "../testing/small-policy.ts";
import type { Settled } from "../verdict.ts";
import { INCIDENTS_MAX } from "./limits.ts";
import { LiveWatch } from "./live-watch.ts";
import type { Observation } from "./observation.ts";

/** A guard and its watch, as the guard's process has them together. */
class Watched {
  readonly told: Observation[] = [];
  readonly watch = new LiveWatch((observation) => void this.told.push(observation));
  readonly guard = new ModbusGuard(smallPolicy());
  nowMs = 0;
  transaction = 0;

  constructor() {
    this.watch.enforce(this.guard.policy);
  }

  ask(
    request: Request,
    settled?: Settled,
    { client = "energy", unit = 1, transaction = this.transaction++ } = {},
  ): void {
    const asked = { client: client as ClientName, unit, request, under: { connection: "1", transaction } };
    this.watch.asked(asked, writeRequest(request), this.nowMs);
    const verdict = this.guard.request(asked.client, unit, request, instant(this.nowMs));
    if (verdict.kind === "deny") this.watch.denied(verdict, this.nowMs);
    else if (settled !== undefined) {
      verdict.ticket.settle(settled, this.nowMs);
      this.watch.settled(asked, settled, this.nowMs);
    }
    this.nowMs += 100;
  }

  read(address: number, ...registers: readonly number[]): void {
    const request: Request = { kind: "read-holding-registers", address, quantity: registers.length };
    this.ask(request, { kind: "response", response: { kind: "read-holding-registers", registers } });
  }

  /** Each incident as `kind × frames`, in the order of their ends. */
  ended(): string[] {
    this.watch.close();
    return this.told.filter(({ phase }) => phase === "ended").map(({ kind, count }) => `${kind} × ${count}`);
  }
}

const single = (address: number, value: number): Request => ({
  kind: "write-single-register",
  address,
  value: value & 0xffff,
});
const read = (address: number): Request => ({ kind: "read-holding-registers", address, quantity: 1 });

describe("the watch", () => {
  test("what is in order is no incident, however long it lasts", () => {
    const watched = new Watched();
    for (let n = 0; n < 2_000; n++) {
      watched.read(n % 8, n, n * 7, 3);
      if (n % 50 === 0)
        watched.ask(single(31, (n / 50) % 4), {
          kind: "response",
          response: { kind: "write-single-register", address: 31, value: 0 },
        });
    }
    assert.deepEqual(watched.ended(), []);
  });

  test("a scan of units is one incident, and told twice", () => {
    const watched = new Watched();
    for (let unit = 2; unit <= 247; unit++) watched.ask(read(0), undefined, { unit });
    assert.equal(watched.told.length, 2, "begun: what is refused, and the scan");
    assert.deepEqual(watched.ended(), ["unit-scan × 246", "unauthorised-read × 246"]);
    const scan = watched.told.find(({ kind }) => kind === "unit-scan");
    assert.deepEqual(
      [scan?.kind, scan?.attack, scan?.master, scan?.count],
      ["unit-scan", "AT-M4", "energy", 3],
    );
    assert.match(scan?.sentence ?? "", /energy asks for units that are not there/);
  });

  test("two units that are not there, or three in a quarter of a minute, are a mistake", () => {
    const watched = new Watched();
    for (const unit of [9, 10, 9, 10, 9]) watched.ask(read(0), undefined, { unit });
    watched.nowMs += 15_000;
    watched.ask(read(0), undefined, { unit: 11 });
    assert.deepEqual(watched.ended(), ["unauthorised-read × 6"]);
  });

  test("functions tried one after the other; PDUs that are none count too", () => {
    const watched = new Watched();
    for (let code = 90; code < 100; code++) {
      const fault = { reason: "function", exception: 1, sentence: `${code} is no public function` } as const;
      const pdu = Uint8Array.of(code);
      watched.watch.unreadable(watched.guard.unreadable("vendor", 1, pdu, fault), pdu, watched.nowMs);
    }
    const ended = watched.ended();
    assert(
      ended.some((one) => one.startsWith("function-scan")),
      ended.join(),
    );
  });

  test("addresses: refused five times, or one after the other", () => {
    const refused = new Watched();
    for (let n = 0; n < 5; n++) refused.ask(read(100 + 7 * n));
    assert(refused.ended().includes("register-scan × 5"));
    const passing = new Watched();
    for (let address = 0; address < 40; address++) passing.read(address, address);
    assert.deepEqual(passing.ended(), ["register-scan × 40"]);
  });

  test("addresses tried by a function that is refused are a scan of them as well; one address again and again is not", () => {
    const queue = (address: number) => ({ kind: "read-fifo-queue", address }) as const;
    const scan = new Watched();
    for (let n = 0; n < 5; n++) scan.ask(queue(7 * n));
    assert.deepEqual(
      scan.ended().filter((one) => one.startsWith("register-scan")),
      ["register-scan × 5"],
    );
    const same = new Watched();
    for (let n = 0; n < 50; n++) same.ask(queue(7));
    assert(!same.ended().some((one) => one.startsWith("register-scan")), same.ended().join());
  });

  test("exceptions: three busy ones, ten of the others; the device's own", () => {
    const storm = (code: number, times: number) => {
      const watched = new Watched();
      for (let n = 0; n < times; n++) watched.ask(read(0), { kind: "exception", code });
      return watched.ended();
    };
    assert.deepEqual(
      [storm(6, 2), storm(6, 3), storm(5, 3)],
      [[], ["exception-storm × 3"], ["exception-storm × 3"]],
    );
    assert.deepEqual([storm(4, 9), storm(4, 10)], [[], ["exception-storm × 10"]]);
  });

  test("writes are told by what was wrong with them", () => {
    const watched = new Watched();
    watched.ask(single(10, 1), undefined, { client: "vendor" });
    watched.ask(single(10, 501));
    watched.ask({ kind: "write-file-record", records: [{ file: 1, record: 0, registers: [1] }] });
    assert.deepEqual(watched.ended(), [
      "unauthorised-write × 1",
      "value-out-of-bounds × 1",
      "unauthorised-write × 1",
    ]);
  });

  test("to and fro within every bound is seen all the same", () => {
    const watched = new Watched();
    for (let n = 0; n < 20; n++)
      watched.ask(single(10, n % 2 === 0 ? 100 : 200), {
        kind: "response",
        response: { kind: "write-single-register", address: 10, value: 0 },
      });
    assert.deepEqual(watched.ended(), ["oscillation × 18"]);
  });

  test("one value, however often it is said again, is no to and fro; nor is another one between that is refused", () => {
    const watched = new Watched();
    const write = (value: number, client = "energy") =>
      watched.ask(
        single(10, value),
        { kind: "response", response: { kind: "write-single-register", address: 10, value } },
        { client },
      );
    for (let n = 0; n < 120; n++) {
      write(200);
      if (n % 4 === 3) write(501);
      if (n % 4 === 1) write(100, "vendor");
    }
    const ended = watched.ended();
    assert(ended.includes("value-out-of-bounds × 30") && ended.includes("unauthorised-write × 30"));
    assert(!ended.some((one) => one.startsWith("oscillation")), ended.join());
  });

  test("a master that swings is told also where all of it is refused", () => {
    const watched = new Watched();
    for (let n = 0; n < 20; n++) watched.ask(single(10, n % 2 === 0 ? 9_000 : -9_000));
    const ended = watched.ended();
    assert(ended.includes("oscillation × 18"), ended.join());
  });

  test("a write that was not sent moved nothing; one that was not answered may have", () => {
    const oscillates = (sent: boolean) => {
      const watched = new Watched();
      for (let n = 0; n < 20; n++) watched.ask(single(10, n % 2 === 0 ? 100 : 200), { kind: "failed", sent });
      return watched.ended().includes("oscillation × 18");
    };
    assert.deepEqual([oscillates(false), oscillates(true)], [false, true]);
  });

  test("listen only, and restarting: at once, and once", () => {
    const watched = new Watched();
    for (const subFunction of [4, 1, 4])
      watched.ask({ kind: "diagnostics", subFunction, data: new Uint8Array(2) });
    assert.equal(watched.told[0]?.kind, "listen-only");
    assert(watched.ended().includes("listen-only × 3"));
  });

  test("a recorded request under its old transaction id; not a master that never counts, nor one that begins anew", () => {
    const replayed = new Watched();
    for (let n = 0; n < 40; n++) replayed.read(n % 3, n);
    for (const transaction of [20, 21, 22]) replayed.ask(read(transaction % 3), undefined, { transaction });
    assert.deepEqual(replayed.ended(), ["replay × 3"]);
    const still = new Watched();
    for (let n = 0; n < 100; n++) still.ask(read(0), undefined, { transaction: 0 });
    assert.deepEqual(still.ended(), []);
    const goesOn = new Watched();
    for (let n = 0; n < 40; n++) goesOn.read(n % 3, n);
    for (let n = 5; n < 30; n++)
      goesOn.ask({ kind: "read-coils", address: n % 3, quantity: 1 }, undefined, { transaction: n });
    assert.deepEqual(goesOn.ended(), [], "other requests under ids of before");
  });

  test("answers that repeat those of before are a recording; what stands still or toggles is none", () => {
    const measured = Array.from({ length: 40 }, (_, n) => (n * 7919) % 1013);
    const answers = (values: readonly number[]) => {
      const watched = new Watched();
      for (const value of values) watched.read(0, value, 5);
      return watched.ended().map((one) => one.split(" ")[0]);
    };
    assert.deepEqual(answers([...measured, ...measured]), ["replay"]);
    assert.deepEqual(answers([...measured, ...measured.map((value) => value + 1)]), []);
    assert.deepEqual(answers(Array.from({ length: 200 }, () => 7)), []);
    assert.deepEqual(answers(Array.from({ length: 200 }, (_, n) => n % 4)), []);
  });

  test("an incident ends when it has been quiet for a minute; the next one is another", () => {
    const watched = new Watched();
    watched.ask(single(10, 501));
    watched.nowMs = 59_000;
    watched.ask(single(10, 501));
    watched.watch.turn(118_999);
    assert.equal(watched.told.length, 1);
    watched.watch.turn(119_000);
    assert.deepEqual(
      watched.told.map(({ phase, incident, count }) => [phase, incident, count]),
      [
        ["begun", 1, 1],
        ["ended", 1, 2],
      ],
    );
    watched.nowMs = 120_000;
    watched.ask(single(10, 501));
    assert.equal(watched.told.at(-1)?.incident, 2);
  });

  test("strangers, streams and answers of nobody's, with bounded memory whoever they are", () => {
    const watched = new Watched();
    watched.watch.stray("late-answer", "battery", 0);
    watched.watch.malformed({ master: "vendor" }, "vendor: no Modbus", 0);
    for (let n = 0; n < 10_000; n++) watched.watch.stranger(`2001:db8::${n.toString(16)}`, "no client", n);
    const begun = watched.told.filter(({ phase }) => phase === "begun").length;
    const ended = watched.told.length - begun;
    assert.equal(begun, 10_002);
    assert.equal(begun - ended, INCIDENTS_MAX);
    assert.deepEqual(
      watched.told.slice(0, 2).map(({ kind }) => kind),
      ["late-answer", "malformed"],
    );
    assert.equal(watched.ended().length, 10_002, "none is lost: those that had to go were told as ended");
  });
});
