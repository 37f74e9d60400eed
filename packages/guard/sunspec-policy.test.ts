/** The default policy of batteries against the table of ENERGY, "SunSpec": what is read, what is written, what never. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { envelope, Site, type Values } from "./testing/sunspec-site.ts";

const storage: Values = {
  ...{ WChaMax: 50_000, WChaMax_SF: 1, WChaGra: 100, WDisChaGra: 100, WChaDisChaGra_SF: 0, StorCtl_Mod: 0 },
  ...{
    VAChaMax_SF: 0,
    MinRsvPct: 10,
    MinRsvPct_SF: 0,
    ChaState: 50,
    ChaState_SF: 0,
    StorAval_SF: 0,
    InBatV_SF: 0,
  },
  ...{ OutWRte: 100, InWRte: 100, InOutWRte_WinTms: 0, InOutWRte_RvrtTms: 0, InOutWRte_SF: -2, ChaGriSet: 1 },
};
const CHARGE = 6;

describe("124, storage", () => {
  const readAll = (site: Site) => assert.equal(site.read(124), "pass");

  test("setpoints pass once a revert time runs, within the envelope", () => {
    const site = new Site([[124, storage]]);
    readAll(site);
    assert.deepEqual(site.write(124, { OutWRte: 10, InWRte: -10 }), [3], "no revert time");
    assert.deepEqual(site.write(124, { OutWRte: 0, InWRte: 0 }), ["pass"], "what is safe for ever");
    assert.deepEqual(site.write(124, { InOutWRte_RvrtTms: 0 }), [3]);
    assert.deepEqual(site.write(124, { InOutWRte_RvrtTms: 60 }), ["pass"]);
    assert.deepEqual(site.write(124, { OutWRte: 10, InWRte: -10 }), ["pass"]);
    assert.deepEqual(site.write(124, { StorCtl_Mod: 3 }), ["pass"]);
    assert.deepEqual(site.write(124, { OutWRte: -80, InWRte: 80 }), ["pass"], "the most that it may charge");
    assert.deepEqual(site.write(124, { OutWRte: -80.01, InWRte: 80.01 }), [3]);
  });

  test("faster than its ramp is refused", () => {
    const site = new Site([[124, storage]]);
    readAll(site);
    site.write(124, { InOutWRte_RvrtTms: 60 });
    assert.deepEqual(
      site.write(124, { OutWRte: 100, InWRte: -100 }),
      ["pass"],
      "ten seconds of 10 % are kept",
    );
    assert.deepEqual(site.write(124, { OutWRte: -1, InWRte: 1 }), [3]);
    site.guard.nowMs = 2_000;
    assert.deepEqual(site.write(124, { OutWRte: -20, InWRte: 20 }), ["pass"]);
  });

  test("at its reserve it is not discharged, full not charged, unknown neither", () => {
    const site = new Site([[124, storage]]);
    const both = (percent: number) => {
      site.poke(124, CHARGE, percent);
      readAll(site);
      site.write(124, { InOutWRte_RvrtTms: 60 });
      return [...site.write(124, { OutWRte: 1, InWRte: -1 }), ...site.write(124, { OutWRte: -1, InWRte: 1 })];
    };
    assert.deepEqual(both(50), ["pass", "pass"]);
    assert.deepEqual(both(9), [3, "pass"]);
    assert.deepEqual(both(96), ["pass", 3]);
    assert.deepEqual(both(0xffff), [3, 3]);
    assert.deepEqual(both(50), ["pass", "pass"]);
    site.guard.nowMs = 15_001;
    assert.deepEqual(site.write(124, { OutWRte: 1, InWRte: -1 }), [3], "read too long ago");
  });

  test("what it holds is not brought into force, nor renewed, at its reserve; 0 is, whatever was left there", () => {
    const site = new Site([[124, storage]]);
    readAll(site);
    site.write(124, { InOutWRte_RvrtTms: 60 });
    assert.deepEqual(site.write(124, { OutWRte: 40, InWRte: -40 }), ["pass"]);
    site.poke(124, CHARGE, 9);
    readAll(site);
    assert.deepEqual(site.write(124, { StorCtl_Mod: 3 }), [3]);
    assert.deepEqual(site.write(124, { InOutWRte_RvrtTms: 60 }), ["pass"], "nothing is in force");
    site.poke(124, CHARGE, 50);
    readAll(site);
    assert.deepEqual(site.write(124, { StorCtl_Mod: 3 }), ["pass"]);
    site.poke(124, CHARGE, 9);
    readAll(site);
    for (const renewal of [{ InOutWRte_RvrtTms: 60 }, { StorCtl_Mod: 3 }, { OutWRte: 40, InWRte: -40 }])
      assert.deepEqual(site.write(124, renewal), [3], JSON.stringify(renewal));
    assert.deepEqual(
      [{ OutWRte: 0, InWRte: 0 }, { StorCtl_Mod: 3 }, { InOutWRte_RvrtTms: 60 }].flatMap((values) =>
        site.write(124, values),
      ),
      ["pass", "pass", "pass"],
    );
  });

  test("its reserve may be raised, not taken away; its nameplate and the rest never", () => {
    const site = new Site([[124, storage]]);
    readAll(site);
    assert.deepEqual(site.write(124, { MinRsvPct: 9 }), [3]);
    assert.deepEqual(site.write(124, { MinRsvPct: 30 }), ["pass"]);
    for (const [point, value] of Object.entries({
      WChaMax: 10,
      WChaGra: 1,
      ChaGriSet: 0,
      InOutWRte_WinTms: 1,
    }))
      assert.deepEqual(site.write(124, { [point]: value }), [2], point);
    assert.deepEqual(site.write(124, { StorCtl_Mod: 0 }), [3]);
  });
});

test("a battery whose revert was never proven is told 0, and nothing else", () => {
  const site = new Site([[124, storage]], { envelope: { ...envelope, revertProven: false } });
  site.read(124);
  assert.deepEqual(site.write(124, { InOutWRte_RvrtTms: 60 }), ["pass"]);
  assert.deepEqual(site.write(124, { OutWRte: 1, InWRte: -1 }), [3]);
  assert.deepEqual(site.write(124, { OutWRte: 0, InWRte: 0 }), ["pass"]);
});

describe("704 and 715", () => {
  const controls: Values = {
    ...{
      WMaxLimPctEna: 0,
      WMaxLimPct: 100,
      WMaxLimPctRvrtTms: 0,
      WSetEna: 0,
      WSetMod: 1,
      WSet: 0,
      WSetRvrt: 0,
    },
    ...{
      WSetEnaRvrt: 0,
      WSetRvrtTms: 0,
      AntiIslEna: 1,
      PF_SF: -2,
      WMaxLimPct_SF: -1,
      WSet_SF: 1,
      WSetPct_SF: 0,
    },
    ...{ VarSet_SF: 0, VarSetPct_SF: 0, VarSetEna: 0, VarSet: 0, PFWInjEna: 0 },
  };
  const capacity: Values = { WHRtg: 1, WHAvail: 1, SoC: 50, SoH: 99, Sta: 0, WH_SF: 3, Pct_SF: 0 };

  test("power in watts, falling back to 0; power factor, VAr and islanding never", () => {
    const site = new Site([
      [704, controls],
      [713, capacity],
    ]);
    assert.deepEqual([site.read(704), site.read(713)], ["pass", "pass"]);
    assert.deepEqual(site.write(704, { WSet: 1_000 }), [3], "no revert time");
    assert.deepEqual(site.write(704, { WSetRvrt: 0, WSetEnaRvrt: 0, WSetRvrtTms: 60 }), ["pass", "pass"]);
    assert.deepEqual(site.write(704, { WSet: 50_000 }), ["pass"]);
    assert.deepEqual(site.write(704, { WSet: 50_010 }), [3]);
    assert.deepEqual(site.write(704, { WSetRvrt: 10_000 }), [3]);
    assert.deepEqual(site.write(704, { WSetMod: 0 }), [3]);
    for (const [point, value] of Object.entries({
      AntiIslEna: 0,
      VarSet: 1,
      VarSetEna: 1,
      PFWInjEna: 1,
      WRmp: 1,
    }))
      assert.deepEqual(site.write(704, { [point]: value }), [2], point);
    site.poke(713, 2, 5);
    site.read(713);
    site.guard.nowMs = 1_000;
    assert.deepEqual(site.write(704, { WSet: 10 }), [3]);
    assert.deepEqual(site.write(704, { WSet: -10 }), ["pass"]);
  });

  const paced = { envelope: { ...envelope, dwellMs: 60_000, reversalsPer10MinMax: 2 } };
  /** 50 kW are written, and run out after a minute. */
  const steered = () => {
    const site = new Site(
      [
        [704, controls],
        [713, capacity],
      ],
      paced,
    );
    site.read(704);
    site.read(713);
    assert.deepEqual(
      [...site.write(704, { WSetRvrtTms: 60 }), ...site.write(704, { WSet: 50_000 })],
      ["pass", "pass"],
    );
    return site;
  };

  test("enabling is a step like any: not at its reserve, not to and fro; disabling always passes", () => {
    const site = steered();
    const toggled = Array.from({ length: 20 }, (_, i) => {
      site.guard.nowMs += 500;
      return site.write(704, { WSetEna: (i + 1) % 2 })[0];
    });
    assert.deepEqual(
      toggled,
      Array.from({ length: 20 }, (_, i) => (i === 0 || i % 2 === 1 ? "pass" : 3)),
    );
    site.guard.nowMs += 30_000;
    assert.deepEqual(site.write(704, { WSetEna: 1 }), [6], "its ramp would do, its dwell is not over");
    site.guard.nowMs += 60_000;
    site.poke(713, 2, 5);
    site.read(713);
    site.read(704);
    assert.deepEqual(site.write(704, { WSetEna: 1 }), [3], "50 kW at its reserve");
    assert.deepEqual(site.write(704, { WSet: 50_000 }), [3]);
    assert.deepEqual([...site.write(704, { WSet: 0 }), ...site.write(704, { WSetEna: 1 })], ["pass", "pass"]);
  });

  test("what is renewed in time is no change; what ran out is one", () => {
    const site = steered();
    site.write(704, { WSetEna: 1 });
    for (let renewals = 0; renewals < 20; renewals++) {
      site.guard.nowMs += 24_000;
      site.read(713);
      site.read(704);
      assert.deepEqual(site.write(704, { WSet: 50_000 }), ["pass"], `${renewals}`);
    }
    const said = Array.from({ length: 10 }, () => {
      site.guard.nowMs += 60_000;
      site.read(713);
      site.read(704);
      return site.write(704, { WSet: 50_000 })[0];
    });
    assert.deepEqual(said, ["pass", ...Array.from({ length: 9 }, () => 6)]);
    assert.deepEqual(site.write(704, { WSet: 0 }), ["pass"]);
  });

  test("a revert time is a safeguard, no switch: ten seconds at least, or what was proven", () => {
    const site = new Site([[704, controls]]);
    site.read(704);
    assert.deepEqual(
      [...site.write(704, { WSetRvrtTms: 9 }), ...site.write(704, { WSetRvrtTms: 10 })],
      [3, "pass"],
    );
    const proven = new Site([[704, controls]], { envelope: { ...envelope, revertMs: 5_000 } });
    proven.read(704);
    assert.deepEqual(
      [...proven.write(704, { WSetRvrtTms: 4 }), ...proven.write(704, { WSetRvrtTms: 5 })],
      [3, "pass"],
    );
  });

  test("a limit falls back to all of its power, or is none that may be written", () => {
    for (const revertProven of [true, false]) {
      const site = new Site([[704, controls]], { envelope: { ...envelope, revertProven } });
      site.read(704);
      assert.deepEqual(site.write(704, { WMaxLimPctRvrt: 0 }), [3]);
      assert.deepEqual(site.write(704, { WMaxLimPctEnaRvrt: 1 }), [3]);
      assert.deepEqual(site.write(704, { WSetEnaRvrt: 1 }), [3]);
      assert.deepEqual(site.write(704, { WMaxLimPctRvrt: 100, WMaxLimPctEnaRvrt: 0 }), ["pass"]);
    }
    const left = new Site([[704, { ...controls, WMaxLimPct: 0 }]]);
    left.read(704);
    assert.deepEqual(left.write(704, { WMaxLimPctEna: 1 }), [3], "without a revert time it stays for ever");
    assert.deepEqual(left.write(704, { WMaxLimPctRvrtTms: 60 }), ["pass"]);
    assert.deepEqual(left.write(704, { WMaxLimPctEna: 1 }), ["pass"]);
    const unproven = { envelope: { ...envelope, revertProven: false } };
    const never = new Site([[704, { ...controls, WMaxLimPct: 0 }]], unproven);
    never.read(704);
    assert.deepEqual(
      [{ WMaxLimPctRvrtTms: 60 }, { WMaxLimPctEna: 1 }, { WMaxLimPct: 100 }, { WMaxLimPctEna: 1 }].map(
        (values) => never.write(704, values)[0],
      ),
      ["pass", 3, "pass", "pass"],
    );
  });

  test("heartbeats pass without an envelope; OpCtl does not", () => {
    const site = new Site([[715, { LocRemCtl: 0, DERHb: 1, ControllerHb: 0, AlarmReset: 0, OpCtl: 0 }]], {});
    assert.deepEqual(site.write(715, { ControllerHb: 70_000 }), ["pass"]);
    assert.deepEqual(site.write(715, { OpCtl: 1 }), [2]);
    assert.deepEqual(site.write(715, { AlarmReset: 1 }), [2]);
  });
});
