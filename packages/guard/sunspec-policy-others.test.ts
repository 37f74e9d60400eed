/** The default policy of what is no battery: inverters, meters, plain devices; and of looking for any of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { modelRegisters, models } from "@wattward/modbus/sunspec";
import { checkPolicy } from "./check-policy.ts";
import { sunspecPolicy } from "./sunspec-policy.ts";
import { BASE, Site, type Values } from "./testing/sunspec-site.ts";

test("123: a limit with its time; never disconnecting, power factor or VAr", () => {
  const controls: Values = {
    ...{ Conn_WinTms: 0, Conn_RvrtTms: 0, Conn: 1, WMaxLimPct: 100, WMaxLimPct_RvrtTms: 0, WMaxLim_Ena: 0 },
    ...{
      OutPFSet: 1,
      OutPFSet_Ena: 0,
      VArMaxPct: 0,
      VArPct_Ena: 0,
      WMaxLimPct_SF: 0,
      OutPFSet_SF: -2,
      VArPct_SF: 0,
    },
  };
  const site = new Site([[123, controls]]);
  site.read(123);
  assert.deepEqual(site.write(123, { WMaxLimPct: 50 }), [3]);
  assert.deepEqual(site.write(123, { WMaxLimPct_RvrtTms: 60 }), ["pass"]);
  assert.deepEqual(
    [...site.write(123, { WMaxLimPct: 50 }), ...site.write(123, { WMaxLim_Ena: 1 })],
    ["pass", "pass"],
  );
  for (const [point, value] of Object.entries({ Conn: 0, OutPFSet: 0.9, VArMaxPct: 1, VArPct_Ena: 1 }))
    assert.deepEqual(site.write(123, { [point]: value }), [2], point);
});

test("120, 121, 703, meters: read, never written, by nobody", () => {
  const site = new Site([
    [
      121,
      {
        WMax: 100,
        WMax_SF: 0,
        VRef_SF: 0,
        VRefOfs_SF: 0,
        VMinMax_SF: 0,
        VAMax_SF: 0,
        VArMax_SF: 0,
        WGra_SF: 0,
        PFMin_SF: 0,
        MaxRmpRte_SF: 0,
        ECPNomHz_SF: 0,
        ConnPh: 1,
      },
    ],
  ]);
  assert.equal(site.read(121), "pass");
  assert.deepEqual(site.write(121, { ConnPh: 2 }), [1]);
  assert.deepEqual(site.write(121, { WMax: 1 }), [1]);
});

test("settings, grid code, trip curves, states: not one of their registers is written by anybody, but for a heartbeat", () => {
  // All that is known but what has a setpoint (704, 123, 124) or names itself (1); what is not known has no rule.
  const readOnly = [...models.keys()].filter((id) => ![1, 123, 124, 704].includes(id));
  assert(readOnly.length > 20);
  const beats: Readonly<Record<number, string>> = { 802: "CtrlHb" };
  for (const id of readOnly) {
    const model = models.get(id);
    assert(model !== undefined, `${id}`);
    const registers = modelRegisters(model, {});
    const site = new Site([[id, {}]]);
    site.read(id);
    const passed = registers
      .slice(2)
      .flatMap((_, i) => (site.guard.write(BASE + 4 + i, 1) === "pass" ? [i] : []));
    const at = model.root.points.findIndex(({ name }) => name === beats[id]);
    const heart =
      at < 0 ? [] : [model.root.points.slice(0, at).reduce((sum, { registers }) => sum + registers, 0)];
    assert.deepEqual(passed, heart, `registers of ${id} that pass`);
  }
});

test("discovery: where a map could begin, its header marks and its end are read; what lies behind is not", () => {
  const site = new Site([[1, { Mn: "m", Md: "m", SN: "1", DA: 1 }]]);
  const end = BASE + 2 + 68;
  for (const [address, quantity] of [
    [0, 2],
    [50_000, 2],
    [BASE, 2],
    [end, 2],
  ] as const)
    assert.equal(site.guard.read(address, quantity), "pass", `${address}`);
  assert.equal(site.guard.read(end + 2, 1), 2);
});

test("plain devices: a contactor is opened, never closed; control boxes are read", () => {
  const contactor = new Site([], { plain: "contactor" });
  assert.equal(contactor.guard.said({ kind: "write-single-coil", address: 0, on: false }), "pass");
  assert.equal(contactor.guard.said({ kind: "write-single-coil", address: 0, on: true }), 3);
  const box = new Site([], { plain: "control-box" });
  assert.deepEqual([box.guard.read(0, 4), box.guard.read(0, 5), box.guard.write(0, 1)], ["pass", 2, 1]);
});

test("the energy controller may ask each of many devices as often as its site may poll it", () => {
  const meters = Array.from({ length: 247 }, (_, i) => ({
    ...{ name: `meter-${i}`, unit: i + 1, host: `192.0.2.${i + 1}`, port: 502, tls: false, deviceUnit: 1 },
    models: [{ id: 203, address: BASE + 2, length: 105 }],
  }));
  const policy = checkPolicy(sunspecPolicy(meters));
  assert(policy.ok, JSON.stringify(policy));
  const [energy] = policy.value.clients;
  assert(energy!.perSecond >= 10 * meters.length, `${energy!.perSecond} a second`);
});

test("704 of an inverter: its limit with all that it falls back to passes as the driver writes it; another reversion does not", () => {
  const none = { chargeWMax: 0, dischargeWMax: 0, reservePermille: 0, rampWPerS: 0 };
  const controls = {
    ...{ WMaxLimPctEna: 0, WMaxLimPct: 100, WMaxLimPct_SF: -1, WMaxLimPctRvrt: 30, WMaxLimPctEnaRvrt: 1 },
    ...{ WMaxLimPctRvrtTms: 0, PF_SF: -2, WSet_SF: 0, WSetPct_SF: -1, VarSet_SF: 0, VarSetPct_SF: -1 },
  };
  const site = new Site([[704, controls]], { envelope: none });
  assert.equal(site.read(704), "pass");
  const fallsBack = { WMaxLimPctRvrt: 100, WMaxLimPctEnaRvrt: 0, WMaxLimPctRvrtTms: 60 };
  for (const values of [fallsBack, { WMaxLimPct: 30 }, { WMaxLimPctEna: 1 }, { WMaxLimPct: 40 }])
    assert.deepEqual(site.write(704, values), ["pass"], JSON.stringify(values));
  assert.deepEqual(site.write(704, { ...fallsBack, WMaxLimPctRvrt: 30 }), [3]);
});
