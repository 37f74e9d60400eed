/** A SunSpec device from end to end: discovery, readings, writes; devices that lie; the definitions against the official ones. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { failed, ok } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { dataFolder } from "../testing/data.ts";
import { RegisterBank } from "../testing/registers.ts";
import { discover, type RegisterReader, readModel } from "./discovery.ts";
import { type Group, type Model, walk } from "./model.ts";
import { modelName, models } from "./models/index.ts";
import { readingOf } from "./reading.ts";
import { mapRegisters, modelRegisters, writesOf } from "./writing.ts";

const modelOf = (id: number): Model => {
  const model = models.get(id);
  assert(model !== undefined, `model ${id}`);
  return model;
};
const registersOf = (id: number, values: Parameters<typeof modelRegisters>[1]) =>
  modelRegisters(modelOf(id), values);

/** A device with `map` at `base`, exception 02 elsewhere; `asked` counts what it is asked. */
function device(map: readonly number[], base = 40_000) {
  const bank = new RegisterBank(
    (address, quantity) => address >= base && address + quantity <= base + map.length,
  );
  bank.registers.set(map, base);
  const asked: [number, number][] = [];
  const read: RegisterReader = async (address, quantity) => {
    asked.push([address, quantity]);
    const reply = bank.answer({ kind: "read-holding-registers", address, quantity });
    return reply.kind === "read-holding-registers"
      ? ok(reply.registers)
      : failed({ kind: "refused", code: 2, sentence: "no such register" });
  };
  return { bank, read, asked };
}

const common = registersOf(1, { Mn: "Maker", Md: "Model 7", SN: "0042", DA: 1 });
const storage = registersOf(124, {
  WChaMax: 50_000,
  WChaMax_SF: 1,
  WChaGra: 100,
  WDisChaGra: 100,
  WChaDisChaGra_SF: 0,
  StorCtl_Mod: 0,
  MinRsvPct: 10,
  MinRsvPct_SF: 0,
  ChaState: 57.5,
  ChaState_SF: -1,
  OutWRte: 0,
  InWRte: 0,
  InOutWRte_SF: -2,
  InOutWRte_RvrtTms: 0,
});
const meter = registersOf(203, {
  A: -12.5,
  AphA: -4.2,
  AphB: -4.1,
  AphC: -4.2,
  A_SF: -1,
  PhV: 230.5,
  PhVphA: 230,
  PhVphB: 231,
  PhVphC: 230.5,
  V_SF: -1,
  Hz: 49.98,
  Hz_SF: -2,
  W: -8640,
  W_SF: 1,
  TotWhExp: 123_456_000,
  TotWhImp: 7_000,
  TotWh_SF: 3,
  Evt: 0,
});

async function found(read: RegisterReader) {
  const discovery = await discover(read);
  assert(discovery.ok, JSON.stringify(discovery));
  return discovery.value;
}
async function reading(read: RegisterReader, id: number) {
  const model = (await found(read)).models.find((each) => each.id === id);
  assert(model?.model !== undefined);
  const read2 = await readModel(read, { ...model, model: model.model });
  assert(read2.ok);
  return { model, reading: read2.value };
}

for (const base of [40_000, 50_000, 0]) {
  test(`discover: the models from base ${base}, the unknown ones by their length`, async () => {
    const vendor = [64_001, 3, 1, 2, 3];
    const { read } = device(mapRegisters([common, vendor, [707, 2, 0, 0], meter, storage]), base);
    const discovery = await found(read);
    assert.deepEqual(
      discovery.models.map(({ id, name, address, length }) => [id, name, address - base, length]),
      [
        [1, "common", 2, 66],
        [64_001, "model 64001", 70, 3],
        [707, "DER trip, low voltage", 75, 2],
        [203, "meter, three phases, wye", 79, 105],
        [124, "basic storage controls", 186, 24],
      ],
    );
    assert.deepEqual([discovery.base, discovery.oddities], [base, []]);
  });
}

test("readModel: signs, scale factors, strings; what is not implemented is not there", async () => {
  const { read } = device(mapRegisters([common, meter]));
  const { values } = (await reading(read, 203)).reading;
  assert.deepEqual(
    ["W", "A", "AphB", "PhVphB", "Hz", "TotWhExp", "TotWhImp", "Evt"].map((path) => values.get(path)),
    [-8640, -12.5, -4.1, 231, 49.98, 123_456_000, 7_000, 0],
  );
  for (const path of ["PF", "VA", "VAR_SF", "WphA", "TotVAhExp"]) assert(!values.has(path), path);
  assert.equal((await reading(read, 1)).reading.values.get("Mn"), "Maker");
});

test("readModel: a value whose scale factor is not implemented is not a value", async () => {
  const { read, bank } = device(mapRegisters([common, meter]));
  const { model, reading: first } = await reading(read, 203);
  bank.registers[model.address + 2 + first.points.get("W_SF")!.offset] = 0x8000;
  const { values } = (await reading(read, 203)).reading;
  assert.deepEqual([values.get("W"), values.get("A")], [undefined, -12.5]);
});

test("readModel: long models in several reads, no counter cut in two", async () => {
  const values: { [path: string]: number } = { TotWh_SF: 0, ACType: 2 };
  for (const path of ["TotWhInj", "TotWhAbs", "TotWhInjL2", "TotWhInjL3", "TotWhAbsL3"])
    values[path] = 2 ** 40 + 7;
  const { read, asked } = device(mapRegisters([common, registersOf(701, values)]));
  const { reading: read701 } = await reading(read, 701);
  for (const path of Object.keys(values)) assert.equal(read701.values.get(path), values[path], path);
  const parts = asked.slice(-2);
  assert(parts.every(([, quantity]) => quantity <= 125));
  const starts = [...read701.points.values()].map(({ offset }) => offset);
  assert(starts.includes(parts[1]![0] - parts[0]![0] - 2), "the second read begins with a point");
});

test("readModel: up to so many registers, the header's among them", async () => {
  const { read, asked } = device(mapRegisters([common, meter]));
  const { model } = await reading(read, 203);
  const start = await readModel(read, { ...model, model: model.model! }, 2 + 20);
  assert(start.ok);
  assert.deepEqual(asked.at(-1), [model.address, 22]);
  assert.deepEqual(
    [start.value.whole, start.value.value("A"), start.value.value("W")],
    [false, -12.5, undefined],
  );
});

test("readModel: where another header stands, nothing of it is believed", async () => {
  const { read, bank } = device(mapRegisters([common, meter]));
  const { model } = await reading(read, 203);
  for (const [offset, value] of [
    [0, 213],
    [1, 104],
  ] as const) {
    const was = bank.registers[model.address + offset]!;
    bank.registers[model.address + offset] = value;
    const moved = await readModel(read, { ...model, model: model.model! });
    assert.deepEqual(
      moved,
      failed({
        kind: "moved",
        sentence: `at ${model.address} no longer stands ${model.name}: its models have moved`,
      }),
    );
    bank.registers[model.address + offset] = was;
  }
});

test("groups: repeated as often as their count says, each with its scale", async () => {
  const ports = registersOf(714, {
    NPrt: 2,
    DCA_SF: -1,
    DCV_SF: 0,
    DCW_SF: 1,
    "Prt[0].DCV": 612,
    "Prt[0].DCA": -3.5,
    "Prt[1].DCW": 4_200,
    "Prt[1].IDStr": "roof",
  });
  const { read } = device(mapRegisters([common, ports]));
  const { values } = (await reading(read, 714)).reading;
  assert.deepEqual(
    ["Prt[0].DCV", "Prt[0].DCA", "Prt[1].DCW", "Prt[1].IDStr", "Prt[1].DCV"].map((path) => values.get(path)),
    [612, -3.5, 4_200, "roof", undefined],
  );
});

test("writesOf: neighbours in one write, toward zero, at the scale the device has", async () => {
  const { read, bank } = device(mapRegisters([common, storage]));
  const { model, reading: read124 } = await reading(read, 124);
  const writes = writesOf(model, read124, {
    InOutWRte_RvrtTms: 60,
    InOutWRte_WinTms: 0,
    OutWRte: -33.339,
    InWRte: 33.339,
    StorCtl_Mod: 3,
  });
  assert(writes.ok);
  assert.deepEqual(
    writes.value.map(({ address, registers }) => [address - model.address - 2, registers]),
    [
      [3, [3]],
      [10, [0x10000 - 3333, 3333, 0, 60]],
    ],
  );
  for (const write of writes.value) bank.answer(write);
  const { values } = (await reading(read, 124)).reading;
  assert.deepEqual(
    ["OutWRte", "InWRte", "InOutWRte_RvrtTms"].map((path) => values.get(path)),
    [-33.33, 33.33, 60],
  );
});

test("writesOf: refuses what cannot be, and says which", async () => {
  const { read } = device(mapRegisters([common, storage]));
  const { model, reading: read124 } = await reading(read, 124);
  for (const [values, code] of [
    [{ ChaState: 50 }, "read-only"],
    [{ WChaMax_SF: 0 }, "read-only"],
    [{ Nothing: 1 }, "unknown-point"],
    [{ OutWRte: 400 }, "out-of-range"],
    [{ OutWRte: Number.NaN }, "out-of-range"],
    [{ OutWRte: "all" }, "out-of-range"],
    [{ InOutWRte_RvrtTms: 65_535 }, "out-of-range"],
    [{ VAChaMax: 1_000 }, "no-scale"],
  ] as const) {
    const writes = writesOf(model, read124, values as { [path: string]: number });
    assert(!writes.ok, JSON.stringify(values));
    assert.equal(writes.fault.code, code, writes.fault.sentence);
  }
});

test("discover: devices that are none, break off, or lie", async () => {
  const none = await discover(device([1, 2, 3, 4]).read);
  assert(!none.ok && none.fault.kind === "no-sunspec");
  const silent: RegisterReader = async () => failed({ kind: "failed", sentence: "no answer" });
  const unread = await discover(silent);
  assert(!unread.ok && unread.fault.kind === "unreadable");
  const { read } = device(mapRegisters([common]), 0);
  const mute: RegisterReader = async (address, quantity) => {
    const part = await read(address, quantity);
    return part.ok ? part : silent(address, quantity);
  };
  assert(!(await discover(mute)).ok);
  const patient = await discover(mute, { patient: true });
  assert(patient.ok && patient.value.base === 0);

  const endless = await found(device([0x5375, 0x6e53, ...common]).read);
  assert.deepEqual([endless.models.length, endless.oddities.length], [1, 1]);
  const tooLong = await found(device(mapRegisters([common, [103, 60_000]])).read);
  assert.deepEqual([tooLong.models.length, tooLong.oddities.length], [1, 1]);
  const empty = Array.from({ length: 200 }, () => [160, 0]);
  const many = await found(device(mapRegisters(empty)).read);
  assert.deepEqual([many.models.length, many.oddities], [128, ["more than 128 models"]]);
});

test("readModel: a count that the length does not hold stops where the registers do", async () => {
  const mppt = registersOf(160, { N: 1, DCA_SF: 0, "module[0].DCA": 7 });
  const lying = mppt.with(2 + 6, 0xfffe);
  const { read } = device(mapRegisters([common, lying]));
  const { reading: read160 } = await reading(read, 160);
  assert.equal(read160.values.get("module[0].DCA"), 7);
  assert.equal(read160.whole, false);
});

test("readingOf: noise never throws, and no value is not a number", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const chance = seededChance(seed);
    const all = [...models.values()];
    const model = all[chance.int(0, all.length - 1)]!;
    const registers = Array.from({ length: chance.int(0, 300) }, () =>
      chance.int(0, 2) === 0 ? chance.int(0, 3) : chance.int(0, 0xffff),
    );
    for (const [path, value] of readingOf(model, registers).values) {
      assert(typeof value === "string" || Number.isFinite(value), `seed ${seed}: ${path} of ${model.id}`);
    }
  }
});

test("models: every scale factor and count that is named is there, paths are unique", () => {
  assert(models.size >= 30);
  const counts: string[] = [];
  for (const model of models.values()) {
    const paths = new Set<string>();
    walk(model, (path, { scale, type }) => {
      assert(!paths.has(path), `${path} of ${model.id}`);
      paths.add(path);
      const named =
        scale === undefined || model.root.points.some((p) => p.name === scale && p.type === "sunssf");
      assert(named, `${scale} of ${model.id}`);
      return type === "uint16" ? 1 : undefined;
    });
    const groups = (group: Group): void => {
      if (group.count !== undefined) counts.push(`${model.id} ${group.count}`);
      for (const inner of group.groups) groups(inner);
    };
    groups(model.root);
  }
  assert.deepEqual(counts, ["160 N", "705 NCrv", "705 NPt", "706 NCrv", "706 NPt", "714 NPrt", "803 NStr"]);
});

test("modelName: people read names", () => {
  assert.deepEqual(
    [modelName(103), modelName(711), modelName(64_999)],
    ["inverter, three phases", "DER frequency droop", "model 64999"],
  );
});

const official = dataFolder("sunspec");
type OfficialGroup = {
  readonly name: string;
  readonly count?: string | number;
  readonly points?: readonly {
    name: string;
    type: string;
    size: number;
    sf?: string;
    access?: string;
    units?: string;
  }[];
  readonly groups?: readonly OfficialGroup[];
};

test("models: register by register what the official definitions say", { skip: official.skip }, () => {
  assert(existsSync(official.path));
  const shape = (group: OfficialGroup | Group): unknown => ({
    count: group.count ?? 1,
    points: (group.points ?? []).map((point) =>
      "registers" in point
        ? [point.name, point.type, point.registers, point.scale ?? "", point.writable]
        : [point.name, point.type, point.size, point.sf ?? "", point.access === "RW"],
    ),
    groups: (group.groups ?? []).map(shape),
  });
  let compared = 0;
  for (const file of readdirSync(official.path).filter((name) => /^model_\d+\.json$/.test(name))) {
    const { id, group } = JSON.parse(readFileSync(join(official.path, file), "utf8")) as {
      id: number;
      group: OfficialGroup;
    };
    const points = (group.points ?? []).filter(({ name }) => name !== "ID" && name !== "L");
    assert.deepEqual(shape(modelOf(id).root), shape({ ...group, points }), `model ${id}`);
    compared++;
  }
  assert(compared >= 20, `${compared} compared`);
});
