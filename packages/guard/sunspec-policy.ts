/**
 * The default policy of a site of SunSpec devices: reads of each device's map for every client, and for the energy controller the few
 * writes that it really does, within the envelope of commissioning. Everything else is denied by being absent: nameplate and
 * settings (120, 121), grid code and trip curves (703, 705 to 712), disconnecting (123 Conn), power factor and VAr, AntiIslEna, SetOp,
 * SetInvState, AlmRst, OpCtl.
 *
 * What may be written stands in `sunspec-writes.ts`, under which circumstances in `sunspec-across.ts`.
 */
import type { CommissionedDevice } from "./commissioned-device.ts";
import type { Client, ClientName, DeviceName, GuardedDevice, Policy, Rule, TypedRegister } from "./policy.ts";
import { type Across, acrossOf } from "./sunspec-across.ts";
import { Placed } from "./sunspec-registers.ts";
import { writesWithin } from "./sunspec-writes.ts";

export type PolicyClients = {
  /** `energy`, by the unix socket, where it is absent. */
  readonly energy?: Client;
  /** Others, who may read. */
  readonly readers?: readonly Client[];
};

/** Of one device, polled as often as a site may: ten times a second, with what is read besides, written and beaten. */
const EACH_PER_SECOND = 20;

const energyClient = (devices: number): Client => {
  const perSecond = Math.max(200, EACH_PER_SECOND * devices);
  return {
    name: "energy" as ClientName,
    by: { kind: "socket", uid: "same" },
    perSecond,
    burst: 2 * perSecond,
  };
};

const ANSWER_MS_MAX = 1_000;
/** Where discovery looks for a map. */
const BASES = [40_000, 50_000, 0] as const;
const READ_HOLDING = 3;
const WRITES = [6, 16] as const;

/** What one device adds to a policy. */
type Part = {
  readonly registers: readonly TypedRegister[];
  readonly rules: readonly Omit<Rule, "device">[];
  readonly crossRules: readonly Across[];
};

export function sunspecPolicy(devices: readonly CommissionedDevice[], clients: PolicyClients = {}): Policy {
  const { energy = energyClient(devices.length), readers = [] } = clients;
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
  const rules = writesWithin(placed, device.envelope).map(({ model, writes }) => ({
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
