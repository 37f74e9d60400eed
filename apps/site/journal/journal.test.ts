/** The journal against every way a disk and a process can end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DiskError, type StationId, silentLog } from "@wattward/kernel";
import type { JournalRecord } from "@wattward/sitelink";
import { type BootedDisk, SimulatedDisk, seededChance } from "@wattward/testing";
import { JournalDamaged } from "./head.ts";
import { type Journal, openJournal, type RecordDraft } from "./journal.ts";
import { journalLimits } from "./limits.ts";
import { readJournal } from "./read.ts";

const station = "CS-1" as StationId;
const draft = (n: number, pad = 0): RecordDraft => ({
  kind: "frame",
  station,
  receivedAtMs: 1_000 + n,
  clockQuality: "synced",
  trace: "0123456789abcdef" as JournalRecord["trace"],
  version: "1.6",
  frame: `[2,"${n}","MeterValues",{"p":"${"x".repeat(pad)}"}]`,
});
const smallSegments = { ...journalLimits, segmentBytes: 1_000 };
const fold = { generation: 0, afterSeq: 0, record: () => {} };

async function open(disk: BootedDisk, limits = smallSegments): Promise<Journal> {
  const fatal = (error: Error) => assert.fail(error);
  return openJournal({ disk, chance: seededChance(7), log: silentLog, limits, fatal }, fold);
}

/** Everything a journal holds, as its own reader of any epoch. */
async function all(journal: Journal): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (let seq = journal.oldestSeq; seq <= journal.lastSeq; seq = records.at(-1)!.seq + 1) {
    records.push(...(await journal.read(seq, 100)));
  }
  return records;
}

const frameOf = (record: JournalRecord) => (record.kind === "frame" ? record.frame : record.kind);

test("journal: appended at once share a sync, come back in order, and are there after a restart", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const boot = disk.boot();
  const journal = await open(boot, journalLimits);
  const before = boot.writes;
  await Promise.all(Array.from({ length: 300 }, (_, i) => journal.append(draft(i))));
  assert(boot.writes - before <= 6, `${boot.writes - before} writes for 300 records`);
  boot.kill();
  const again = await open(disk.boot());
  assert.deepEqual(
    (await all(again)).map((r) => [r.seq, r.receivedAtMs]),
    Array.from({ length: 300 }, (_, i) => [i + 1, 1_000 + i]),
  );
  assert.equal(again.epoch, journal.epoch);
});

test("journal: killed at every write, what was said to be kept is kept, once, without gaps", async () => {
  for (let killAt = 1; killAt <= 40; killAt++) {
    const disk = new SimulatedDisk(seededChance(killAt));
    const kept = new Set<string>();
    const boot = disk.boot();
    boot.killAtWrite(killAt, () => {});
    void (async () => {
      const journal = await open(boot);
      for (let i = 0; i < 12; i++) {
        const pair = [journal.append(draft(2 * i, 100)), journal.append(draft(2 * i + 1, 100))];
        for (const promise of pair) {
          void promise.then((done) => done.kind === "kept" && kept.add(frameOf(done.record)));
        }
        await Promise.all(pair);
        if (i % 4 === 3) journal.acknowledge(journal.lastSeq - 1);
        if (i % 4 === 3) await journal.prune(journal.lastSeq);
      }
    })();
    await new Promise((resolve) => setImmediate(resolve));
    boot.kill();
    const again = await open(disk.boot());
    const found = await all(again);
    assert.deepEqual(
      found.map(({ seq }) => seq),
      found.map((_, i) => again.oldestSeq + i),
      `kill at write ${killAt}`,
    );
    const frames = found.map(frameOf);
    assert.equal(new Set(frames).size, frames.length, `kill at write ${killAt}: a record twice`);
    for (const frame of kept) assert(frames.includes(frame), `kill at write ${killAt}: ${frame} is lost`);
    assert.equal((await again.append(draft(99))).kind, "kept");
  }
});

test("journal: a newest segment cut at every byte opens with a prefix, and goes on behind it", async () => {
  const whole = new SimulatedDisk(seededChance(1));
  const journal = await open(whole.boot(), journalLimits);
  for (let i = 0; i < 4; i++) await journal.append(draft(i));
  const path = whole.paths().find((name) => name.endsWith(".wwj"))!;
  const bytes = whole.peek(path)!;
  for (let length = 0; length < bytes.length; length++) {
    const disk = new SimulatedDisk(seededChance(length));
    disk.damage("journal/head.json", whole.peek("journal/head.json")!);
    disk.damage(path, bytes.slice(0, length));
    const cut = await open(disk.boot());
    assert(cut.lastSeq < 4, `cut at ${length}`);
    const next = await cut.append(draft(50));
    assert(next.kind === "kept" && next.record.seq === cut.lastSeq, `cut at ${length}`);
    const found = (await readJournal(disk.boot()))!.records;
    assert.deepEqual(
      found.map(({ seq }) => seq),
      found.map((_, i) => i + 1),
      `cut at ${length}`,
    );
  }
});

test("journal: any byte of a durable record changed is refused with where and what to do, never read over", async () => {
  const whole = new SimulatedDisk(seededChance(1));
  const journal = await open(whole.boot(), journalLimits);
  for (let i = 0; i < 3; i++) await journal.append(draft(i));
  const path = whole.paths().find((name) => name.endsWith(".wwj"))!;
  const bytes = whole.peek(path)!;
  // The last frame's own damage cannot be told from a torn write: it is the one that nobody bears witness for.
  const lastFrameBytes = 12 + JSON.stringify((await journal.read(3, 1))[0]).length;
  for (let at = 0; at < bytes.length - lastFrameBytes; at++) {
    const disk = new SimulatedDisk(seededChance(at));
    disk.damage("journal/head.json", whole.peek("journal/head.json")!);
    const flipped = bytes.slice();
    flipped[at]! ^= 0x40;
    disk.damage(path, flipped);
    await assert.rejects(open(disk.boot()), (error) => {
      assert(error instanceof JournalDamaged, `byte ${at}: ${error}`);
      assert.match(error.message, /journal\/g.*wwj: .*Restore the data folder/);
      return true;
    });
  }
});

test("journal: a folder that a newer program wrote is refused, untouched, with what to do", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const head = '{"schema":2,"generation":1,"epoch":"0123456789abcdef01234567","ackedSeq":0,"more":"fields"}';
  disk.damage("journal/head.json", new TextEncoder().encode(head));
  await assert.rejects(open(disk.boot()), /written by a newer Wattward \(schema 2.*Start the newer version/);
  assert.equal(new TextDecoder().decode(disk.peek("journal/head.json")), head);
});

test("journal: refuses a missing segment, a missing head, and an end before what the CSMS has", async () => {
  const whole = new SimulatedDisk(seededChance(1));
  const journal = await open(whole.boot());
  for (let i = 0; i < 20; i++) await journal.append(draft(i, 100));
  journal.acknowledge(18);
  await journal.close();
  const segments = whole.paths().filter((name) => name.endsWith(".wwj"));
  assert(segments.length >= 4);
  const without = (gone: (path: string) => boolean) => {
    const disk = new SimulatedDisk(seededChance(2));
    for (const path of whole.paths()) if (!gone(path)) disk.damage(path, whole.peek(path)!);
    return open(disk.boot());
  };
  await assert.rejects(
    without((path) => path === segments[1]),
    /does not follow/,
  );
  await assert.rejects(
    without((path) => path.endsWith("head.json")),
    /is missing, though segments exist/,
  );
  await assert.rejects(
    without((path) => path.endsWith(".wwj")),
    /ends at record 0, before record 18/,
  );
});

test("journal: a full disk keeps nothing of a batch and says so; it goes on by itself when space returns", async () => {
  const disk = new SimulatedDisk(seededChance(3));
  const journal = await open(disk.boot());
  await journal.append(draft(1));
  disk.options.capacityBytes = 2_000;
  const outcomes = [];
  for (let i = 2; i < 12; i++) outcomes.push((await journal.append(draft(i, 200))).kind);
  assert(outcomes.includes("kept") && outcomes.includes("full"), outcomes.join());
  delete disk.options.capacityBytes;
  const next = await journal.append(draft(99));
  assert(next.kind === "kept");
  const records = await all(await open(disk.boot()));
  assert.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, i) => i + 1),
  );
  assert.equal(frameOf(records.at(-1)!), frameOf(next.record));
  assert.equal(records.length, 2 + outcomes.filter((kind) => kind === "kept").length);
});

test("journal: what a full disk took of a batch before it was full is cut off before the next", async () => {
  const disk = new SimulatedDisk(seededChance(3));
  const boot = disk.boot();
  let halves = 0;
  const short = {
    ...boot,
    async appendTo(path: string) {
      const file = await boot.appendTo(path);
      const append = async (bytes: Uint8Array) => {
        if (halves === 0) return file.append(bytes);
        halves--;
        await file.append(bytes.subarray(0, bytes.length - 3));
        throw new DiskError("full", "no room for the last three bytes");
      };
      return { ...file, sizeBytes: file.sizeBytes, append };
    },
  };
  const journal = await open(short as unknown as BootedDisk, journalLimits);
  await journal.append(draft(1));
  halves = 2;
  assert.equal((await journal.append(draft(2))).kind, "full");
  assert.equal((await journal.append(draft(3))).kind, "full");
  assert.equal((await journal.append(draft(4))).kind, "kept");
  const records = await all(await open(disk.boot(), journalLimits));
  assert.deepEqual(
    records.map(({ seq, receivedAtMs }) => [seq, receivedAtMs]),
    [
      [1, 1_001],
      [2, 1_004],
    ],
  );
});

test("journal: a disk that fails is fatal, and nothing is answered afterwards", async () => {
  const disk = new SimulatedDisk(seededChance(3)).boot();
  const failing = {
    ...disk,
    appendTo: async (path: string) => {
      const file = await disk.appendTo(path);
      const sync = async () => {
        throw new DiskError("io", "EIO");
      };
      return { ...file, sizeBytes: 0, append: file.append, truncate: file.truncate, close: file.close, sync };
    },
  };
  const faults: string[] = [];
  const journal = await openJournal(
    {
      disk: failing,
      chance: seededChance(1),
      log: silentLog,
      limits: journalLimits,
      fatal: (error) => faults.push(error.message),
    },
    fold,
  );
  let answered = false;
  void journal.append(draft(1)).then(() => (answered = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(faults, ["EIO"]);
  assert.equal(answered, false);
});

test("journal: acknowledged segments go beyond the retention, owed ones never", async () => {
  const disk = new SimulatedDisk(seededChance(4));
  const journal = await open(disk.boot(), { ...smallSegments, retainedBytes: 2_500 });
  for (let i = 0; i < 40; i++) await journal.append(draft(i, 200));
  await journal.prune(journal.lastSeq);
  assert.equal(journal.oldestSeq, 1);
  journal.acknowledge(30);
  await journal.prune(10);
  assert(
    journal.oldestSeq > 1 && journal.oldestSeq <= 11,
    `oldest ${journal.oldestSeq}: only what is covered`,
  );
  await journal.prune(journal.lastSeq);
  assert(journal.oldestSeq > 11 && journal.oldestSeq <= 31);
  const again = await open(disk.boot());
  assert.deepEqual([again.oldestSeq, again.lastSeq, again.ackedSeq], [journal.oldestSeq, 40, 30]);
});

test("journal: a new epoch holds what is owed, renumbered; killed at any write it is all old or all new", async () => {
  const seen = new Set<string>();
  for (let killAt = 1; killAt <= 12; killAt++) {
    const disk = new SimulatedDisk(seededChance(killAt));
    const boot = disk.boot();
    const journal = await open(boot);
    for (let i = 1; i <= 9; i++) await journal.append(draft(i, 100));
    const {
      kind: _,
      version: __,
      frame: ___,
      ...head
    } = draft(10) as Extract<RecordDraft, { kind: "frame" }>;
    await journal.append({ ...head, kind: "answer", ofSeq: 8, localAnswer: '[3,"8",{}]' });
    await journal.append({ ...head, kind: "answer", ofSeq: 2, localAnswer: '[3,"2",{}]' });
    journal.acknowledge(5);
    await journal.prune(0);
    boot.killAtWrite(killAt, () => {});
    void journal.renew();
    await new Promise((resolve) => setImmediate(resolve));
    boot.kill();
    const again = await open(disk.boot());
    const records = (await all(again)).filter(({ seq }) => seq > again.ackedSeq);
    const shown = records.map((r) => (r.kind === "answer" ? `answer of ${r.ofSeq}` : r.receivedAtMs - 1_000));
    if (again.epoch === journal.epoch && again.generation === 1) {
      assert.deepEqual(shown, [6, 7, 8, 9, "answer of 8", "answer of 2"], `kill at ${killAt}`);
      seen.add("old");
    } else {
      assert.deepEqual(shown, [6, 7, 8, 9, "answer of 3"], `kill at ${killAt}`);
      assert.deepEqual(
        records.map(({ seq }) => seq),
        [1, 2, 3, 4, 5],
      );
      seen.add("new");
    }
    assert.equal((await again.append(draft(77))).kind, "kept");
  }
  assert.deepEqual([...seen].sort(), ["new", "old"]);
});
