/**
 * The default policy of a site of SunSpec devices: reads of each device's map for every client, and for the energy controller the few
 * writes that it really does, within the envelope of commissioning. Everything else is denied by being absent: nameplate and
 * settings (120, 121), grid code and trip curves (703, 705 to 712), disconnecting (123 Conn), power factor and VAr, AntiIslEna, SetOp,
 * SetInvState, AlmRst, OpCtl.
 *
 * A setpoint passes only while its revert time is known to run (RvrtTms > 0, read or acknowledged); else only what is safe for ever. A
 * battery at its reserve, or of unknown charge, is not discharged; one that is full, or unknown, not charged.
 */
import type {
  Client,
  ClientName,
  CrossRule,
  DeviceName,
  GuardedDevice,
  Policy,
  Rule,
  TypedRegister,
  WriteBound,
} from "./policy.ts";
import { Placed, type PlacedModel } from "./sunspec-registers.ts";

/** A device as commissioning found it. */
export type CommissionedDevice = {
  readonly name: string;
  /** At the guard. */
  readonly unit: number;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly deviceUnit: number;
  readonly answerMsMax?: number;
  /** As discovery found them: `address` is that of the header, `length` counts the registers behind it. Empty for `plain` devices. */
  readonly models: readonly PlacedModel[];
  /** Absent: nothing of it is written but heartbeats. */
  readonly envelope?: Envelope;
  /**
   * What is no SunSpec: a `contactor` (coil 0, which may be opened, never closed), the grid operator's `control-box` (holding registers 0
   * to 3) or `relay` (discrete input 0), both read only.
   */
  readonly plain?: "contactor" | "control-box" | "relay";
};

/** What its owner lets a controller do. Watts; thousandths of the capacity. */
export type Envelope = {
  readonly chargeWMax: number;
  readonly dischargeWMax: number;
  readonly reservePermille: number;
  /** 1000 where it is absent. */
  readonly fullPermille?: number;
  /** Nameplate, which the per cents of 124 refer to; absent: the same as the greatest power. */
  readonly ratedChargeW?: number;
  readonly ratedDischargeW?: number;
  readonly rampWPerS: number;
  readonly dwellMs?: number;
  readonly reversalsPer10MinMax?: number;
  /** False: that its setpoints fall back was never proven, so it is told what is safe for ever, and nothing else (ADR 14). */
  readonly revertProven?: boolean;
};

export type PolicyClients = {
  /** `energy`, by the unix socket, where it is absent. */
  readonly energy?: Client;
  /** Others, who may read. */
  readonly readers?: readonly Client[];
};

const energyClient: Client = {
  name: "energy" as ClientName,
  by: { kind: "socket", uid: "same" },
  perSecond: 200,
  burst: 400,
};

const ANSWER_MS_MAX = 1_000;
const REVERT_S_MAX = 3_600;
/** Where discovery looks for a map. */
const BASES = [40_000, 50_000, 0] as const;
const READ_HOLDING = 3;
const WRITES = [6, 16] as const;
/** A charge that was read longer ago is not known. */
const CHARGE_FRESH_MS = 15_000;
/** A revert time is a setting: it is known for longer. */
const REVERT_FRESH_MS = 60_000;
/** Heartbeats go once a second. */
const HEARTBEATS_PER_MINUTE = 150;

/** What one device adds to a policy. */
type Part = {
  readonly registers: readonly TypedRegister[];
  readonly rules: readonly Omit<Rule, "device">[];
  readonly crossRules: readonly Omit<CrossRule, "device">[];
};

export function sunspecPolicy(devices: readonly CommissionedDevice[], clients: PolicyClients = {}): Policy {
  const { energy = energyClient, readers = [] } = clients;
  const parts = devices.map((device) => ({
    device: device.name as DeviceName,
    ...partOf(device, energy.name),
  }));
  return {
    schema: 1,
    clients: [energy, ...readers],
    devices: devices.map((device, i) => guardedDevice(device, parts[i]?.registers ?? [])),
    rules: parts.flatMap(({ device, rules }) =>
      rules.map(({ client, ...rule }) => ({ client, device, ...rule })),
    ),
    crossRules: parts.flatMap(({ device, crossRules }) => crossRules.map((rule) => ({ device, ...rule }))),
  };
}

const guardedDevice = (
  { name, unit, host, port, tls, deviceUnit, answerMsMax = ANSWER_MS_MAX }: CommissionedDevice,
  registers: readonly TypedRegister[],
): GuardedDevice => ({
  name: name as DeviceName,
  ...{ unit, host, port, tls, deviceUnit, answerMsMax, registers },
});

function partOf(device: CommissionedDevice, energy: ClientName): Part {
  if (device.plain !== undefined) return plainPart(device.plain, energy);
  const placed = new Placed(device.models);
  const written = [
    ...storage124(placed, device.envelope),
    ...controls704(placed, device.envelope),
    ...inverter123(placed, device.envelope),
    ...heartbeats(placed),
  ];
  const rules = written.map(({ model, writes }) => ({
    client: energy,
    functions: WRITES,
    ...placed.rangeOf(model),
    writes,
  }));
  return {
    rules: [...readsOf(device), ...rules],
    crossRules: acrossOf(placed, device.envelope),
    // Last: asking for a register is what types it.
    registers: placed.registers,
  };
}

const read = (from: number, to: number): Omit<Rule, "device"> => ({
  client: "any",
  functions: [READ_HOLDING],
  from,
  to,
});

/** The map from its base to its end mark, and the bases where discovery looks first. */
function readsOf({ models: placed }: CommissionedDevice): Omit<Rule, "device">[] {
  const first = placed[0];
  if (first === undefined) return [];
  const base = Math.min(...placed.map(({ address }) => address)) - 2;
  const end = Math.max(...placed.map(({ address, length }) => address + 2 + length)) + 1;
  const elsewhere = BASES.filter((one) => one < base || one + 1 > end).map((one) => read(one, one + 1));
  return [read(Math.max(0, base), Math.min(0xffff, end)), ...elsewhere];
}

function plainPart(plain: NonNullable<CommissionedDevice["plain"]>, energy: ClientName): Part {
  const none = { crossRules: [], registers: [] };
  if (plain === "control-box") return { ...none, rules: [read(0, 3)] };
  if (plain === "relay") return { ...none, rules: [{ client: "any", functions: [2], from: 0, to: 0 }] };
  const opened = { register: "closed", min: 0, max: 0 };
  return {
    crossRules: [],
    registers: [{ name: "closed", address: 0, type: "coil" }],
    rules: [
      { client: "any", functions: [1], from: 0, to: 0 },
      { client: energy, functions: [5], from: 0, to: 0, writes: [opened] },
    ],
  };
}

type Written = { readonly model: number; readonly writes: readonly WriteBound[] };
type Limits = Omit<WriteBound, "register">;

/** Bounds of the points that the device has; none, and the model is not written. */
function written(placed: Placed, model: number, bounds: { readonly [point: string]: Limits }): Written[] {
  if (!placed.has(model)) return [];
  const writes = Object.entries(bounds).flatMap(([point, limits]) => {
    const register = placed.point(model, point);
    return register === undefined ? [] : [{ register, ...limits }];
  });
  return writes.length === 0 ? [] : [{ model, writes }];
}

const curtailed = ({ revertProven = true }: Envelope): Limits => ({ min: revertProven ? 0 : 100, max: 100 });
const revert: Limits = { min: 1, max: REVERT_S_MAX };

/** How often it may change, where the envelope says so. */
const pace = ({ dwellMs, reversalsPer10MinMax }: Envelope) => ({
  ...(dwellMs !== undefined && { dwellMs }),
  ...(reversalsPer10MinMax !== undefined && { reversalsPer10MinMax }),
});

/** Per cents of 124: a negative limit is a demand the other way (model 124, InWRte and OutWRte). */
function perCents(envelope: Envelope) {
  const { chargeWMax, dischargeWMax } = envelope;
  const { ratedChargeW = chargeWMax, ratedDischargeW = dischargeWMax } = envelope;
  const may = envelope.revertProven !== false;
  const part = (w: number, ratedW: number) => (may && ratedW > 0 ? Math.min(100, (100 * w) / ratedW) : 0);
  const limits = (min: number, max: number, ratedW: number): Limits => ({
    min,
    max,
    ...(ratedW > 0 && envelope.rampWPerS > 0 && { rampPerS: (100 * envelope.rampWPerS) / ratedW }),
    ...pace(envelope),
  });
  return {
    out: limits(0 - part(chargeWMax, ratedDischargeW), part(dischargeWMax, ratedDischargeW), ratedDischargeW),
    in: limits(0 - part(dischargeWMax, ratedChargeW), part(chargeWMax, ratedChargeW), ratedChargeW),
  };
}

const isStorage = ({ chargeWMax, dischargeWMax }: Envelope) => chargeWMax > 0 || dischargeWMax > 0;

function storage124(placed: Placed, envelope: Envelope | undefined): Written[] {
  if (envelope === undefined || !isStorage(envelope)) return [];
  const { in: inWRte, out: outWRte } = perCents(envelope);
  return written(placed, 124, {
    // Both limits hold, or none of them means what it says; what lets go of it is its revert time.
    StorCtl_Mod: { min: 3, max: 3 },
    MinRsvPct: { min: envelope.reservePermille / 10, max: 100 },
    OutWRte: outWRte,
    InWRte: inWRte,
    InOutWRte_RvrtTms: revert,
  });
}

/** 704 steers solar by WMaxLimPct, storage by WSet, watts alone (WSetMod 1), falling back to 0. */
function controls704(placed: Placed, envelope: Envelope | undefined): Written[] {
  if (envelope === undefined) return [];
  const { chargeWMax, dischargeWMax, rampWPerS, revertProven = true } = envelope;
  const [min, max] = revertProven ? [-chargeWMax, dischargeWMax] : [0, 0];
  const set = {
    WSetEna: { min: 0, max: 1 },
    WSetMod: { min: 1, max: 1 },
    WSet: {
      min,
      max,
      ...(rampWPerS > 0 && { rampPerS: rampWPerS }),
      ...pace(envelope),
    },
    WSetRvrt: { min: 0, max: 0 },
    WSetEnaRvrt: { min: 0, max: 1 },
    WSetRvrtTms: revert,
  };
  return written(placed, 704, {
    WMaxLimPctEna: { min: 0, max: 1 },
    WMaxLimPct: curtailed(envelope),
    WMaxLimPctRvrt: { min: 0, max: 100 },
    WMaxLimPctEnaRvrt: { min: 0, max: 1 },
    WMaxLimPctRvrtTms: revert,
    ...(isStorage(envelope) && set),
  });
}

const inverter123 = (placed: Placed, envelope: Envelope | undefined): Written[] =>
  envelope === undefined
    ? []
    : written(placed, 123, {
        WMaxLimPct: curtailed(envelope),
        WMaxLimPct_RvrtTms: revert,
        WMaxLim_Ena: { min: 0, max: 1 },
      });

const heartbeats = (placed: Placed): Written[] => [
  ...written(placed, 802, { CtrlHb: { min: 0, max: 0xfffe, perMinuteMax: HEARTBEATS_PER_MINUTE } }),
  ...written(placed, 715, {
    ControllerHb: { min: 0, max: 0xffff_fffe, perMinuteMax: HEARTBEATS_PER_MINUTE },
  }),
];

type Across = Omit<CrossRule, "device">;

function acrossOf(placed: Placed, envelope: Envelope | undefined): Across[] {
  if (envelope === undefined) return [];
  return [...whileItReverts(placed, envelope), ...(isStorage(envelope) ? chargeRules(placed, envelope) : [])];
}

/** While no revert time is known to run, a setpoint stays for ever: only those that may. */
function whileItReverts(placed: Placed, envelope: Envelope): Across[] {
  const rules = (model: number, timer: string, limits: { readonly [point: string]: Limits }): Across[] => {
    const when = placed.point(model, timer);
    if (when === undefined) return [];
    return Object.entries(limits).flatMap(([point, { min, max }]) => {
      const register = placed.point(model, point);
      if (register === undefined) return [];
      const why = `without a revert time (${when}) a setpoint stays for ever`;
      return [
        { when: { register: when, below: 1 }, freshMs: REVERT_FRESH_MS, limit: { register, min, max }, why },
      ];
    });
  };
  const rest = { min: 0, max: 0 };
  const storage = isStorage(envelope)
    ? [
        ...rules(124, "InOutWRte_RvrtTms", { OutWRte: rest, InWRte: rest }),
        ...rules(704, "WSetRvrtTms", { WSet: rest }),
      ]
    : [];
  const whole = { min: 100, max: 100 };
  return [
    ...storage,
    ...rules(123, "WMaxLimPct_RvrtTms", { WMaxLimPct: whole }),
    ...rules(704, "WMaxLimPctRvrtTms", { WMaxLimPct: whole }),
  ];
}

/** Where the charge is read: as the energy controller chooses it. */
const charges = [
  [713, "SoC"],
  [802, "SoC"],
  [124, "ChaState"],
] as const;

function chargeRules(placed: Placed, envelope: Envelope): Across[] {
  const found = charges.find(([model]) => placed.has(model));
  const charge = found && placed.point(found[0], found[1]);
  if (charge === undefined) return [];
  const { reservePermille, fullPermille = 1_000, chargeWMax, dischargeWMax } = envelope;
  const low = { register: charge, below: reservePermille / 10 };
  const high = { register: charge, above: fullPermille / 10 };
  const rule = (when: Across["when"], model: number, point: string, span: Limits): Across[] => {
    const register = placed.point(model, point);
    if (register === undefined) return [];
    const why =
      when === low
        ? "at its reserve, or of unknown charge, it is not discharged"
        : "full, or of unknown charge, it is not charged";
    return [{ when, freshMs: CHARGE_FRESH_MS, limit: { register, min: span.min, max: span.max }, why }];
  };
  return [
    ...rule(low, 124, "OutWRte", { min: -100, max: 0 }),
    ...rule(low, 124, "InWRte", { min: 0, max: 100 }),
    ...rule(high, 124, "InWRte", { min: -100, max: 0 }),
    ...rule(high, 124, "OutWRte", { min: 0, max: 100 }),
    ...rule(low, 704, "WSet", { min: -chargeWMax, max: 0 }),
    ...rule(high, 704, "WSet", { min: 0, max: dischargeWMax }),
  ];
}
