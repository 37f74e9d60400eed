/** Policies by chance: valid ones, small enough in their addresses that requests by chance hit their edges. */
import assert from "node:assert/strict";
import type { Chance } from "@wattward/kernel";
import { checkPolicy } from "../check-policy.ts";
import type { Policy } from "../policy.ts";

/** Addresses that policies and requests of a fuzz share. */
export const SPAN = 48;
export const CLIENTS = ["energy", "vendor", "installer"] as const;
const types = ["uint16", "int16", "uint32", "int32", "uint64", "float32"] as const;
const sizes = { uint16: 1, int16: 1, uint32: 2, int32: 2, uint64: 4, float32: 2, coil: 1 } as const;

const maybe = (chance: Chance, parts: object) => (chance.int(0, 1) === 1 ? parts : {});
const oneOf = <T>(chance: Chance, items: readonly T[]): T => items[chance.int(0, items.length - 1)]!;

type RegisterData = {
  name: string;
  address: number;
  type: keyof typeof sizes;
  table?: "input";
  scaleFrom?: number;
  enable?: string;
  revertTime?: string;
};

function anyRegisters(chance: Chance): RegisterData[] {
  const registers: RegisterData[] = [];
  for (let address = chance.int(0, 2); address < SPAN - 4; address += chance.int(0, 2)) {
    const type = oneOf(chance, types);
    const single = sizes[type] === 1;
    registers.push({
      ...{ name: `r${address}`, address, type },
      ...(single ? {} : maybe(chance, { words: oneOf(chance, ["big", "little"]) })),
      ...(chance.int(0, 2) === 0
        ? { scaleFrom: SPAN + chance.int(0, 3) }
        : maybe(chance, { scale: oneOf(chance, [0.1, 10, -1, 0.5]) })),
      ...(type === "float32" ? {} : maybe(chance, { absent: chance.int(0, 1) === 0 ? 0x7fff : 0 })),
    });
    address += sizes[type];
  }
  for (let address = chance.int(0, 3); address < SPAN; address += chance.int(1, 9))
    registers.push({ name: `c${address}`, address, type: "coil" });
  for (let address = chance.int(0, 9); address < SPAN; address += chance.int(5, 30))
    registers.push({ name: `i${address}`, address, type: "uint16", table: "input" });
  for (const register of registers)
    if (register.table === undefined && chance.int(0, 5) === 0) {
      const other = oneOf(chance, registers);
      const link = oneOf(chance, ["enable", "revertTime"] as const);
      if (other !== register) register[link] = other.name;
    }
  return registers;
}

function anyRule(chance: Chance, device: string, registers: readonly RegisterData[]): object {
  const from = chance.int(0, 1) === 0 ? chance.int(0, 4) : chance.int(0, SPAN);
  const to = chance.int(0, 1) === 0 ? SPAN + 8 : chance.int(from, SPAN + 8);
  const who = { client: oneOf(chance, ["any", "any", ...CLIENTS]), device };
  if (chance.int(0, 2) === 0) return { ...who, functions: [1, 2, 3, 4, 43], from, to };
  const functions = [5, 6, 15, 16, 22, 23].filter(() => chance.int(0, 3) > 0);
  const able = (type: RegisterData["type"]) =>
    functions.some((code) =>
      (type === "coil" ? [5, 15] : sizes[type] > 1 ? [16, 23] : [6, 16, 22, 23]).includes(code),
    );
  const writes = registers
    .filter(
      (one) => one.table === undefined && one.address >= from && one.address + sizes[one.type] - 1 <= to,
    )
    .filter(({ type }) => able(type) && chance.int(0, 7) > 0)
    .map(({ name }) => {
      const min = oneOf(chance, [-1000, -5, 0, 1]);
      return {
        ...{ register: name, min, max: min + oneOf(chance, [0, 3, 1000, 1e6]) },
        ...(chance.int(0, 1) === 0 ? {} : anyMotion(chance)),
      };
    });
  return writes.length === 0
    ? { ...who, functions: [3], from, to }
    : { ...who, functions: [3, ...functions], from, to, writes };
}

const anyMotion = (chance: Chance): object => ({
  ...maybe(chance, { rampPerS: oneOf(chance, [0.1, 10, 1000]) }),
  ...maybe(chance, { dwellMs: oneOf(chance, [0, 500, 5000]) }),
  ...maybe(chance, { reversalsPer10MinMax: chance.int(0, 9) }),
  ...maybe(chance, { perMinuteMax: chance.int(1, 60) }),
});

function anyCross(chance: Chance, device: string, registers: readonly RegisterData[]): object[] {
  const [when, limit] = [oneOf(chance, registers), oneOf(chance, registers)];
  if (when === limit || limit.table === "input") return [];
  return [
    {
      device,
      when: { register: when.name, ...(chance.int(0, 1) === 0 ? { below: 10 } : { above: 10 }) },
      ...{
        freshMs: oneOf(chance, [100, 5_000, 60_000]),
        limit: { register: limit.name, min: -2, max: 2 },
        why: "by chance",
      },
    },
  ];
}

export function anyPolicy(chance: Chance): Policy {
  const names = ["battery", "solar"];
  const all = names.map(() => anyRegisters(chance));
  const data = {
    schema: 1,
    clients: CLIENTS.map((name, i) => ({
      ...{ name, by: { kind: "address", address: `192.0.2.${i + 1}` } },
      ...{ perSecond: oneOf(chance, [10, 100, 10_000]), burst: oneOf(chance, [1, 10_000]) },
    })),
    devices: names.map((name, i) => ({
      ...{
        name,
        unit: i + 1,
        host: `192.0.2.${i + 50}`,
        port: 502,
        tls: false,
        deviceUnit: 1,
        answerMsMax: 1000,
      },
      registers: all[i],
    })),
    rules: names.flatMap((device, i) =>
      Array.from({ length: chance.int(1, 5) }, () => anyRule(chance, device, all[i]!)),
    ),
    crossRules: names.flatMap((device, i) =>
      Array.from({ length: chance.int(0, 3) }, () => anyCross(chance, device, all[i]!)).flat(),
    ),
    ...maybe(chance, { learning: { devices: ["solar"], untilMs: chance.int(0, 1_000_000) } }),
  };
  return sensible(data);
}

type RuleData = { functions?: number[]; writes?: object[] };
type Data = { readonly rules: RuleData[]; readonly crossRules: object[] };

/** Chance makes rules that nobody could mean: each that the check refuses is left out. */
function sensible(data: Data): Policy {
  for (let left = 1_000; left > 0; left--) {
    const checked = checkPolicy(data);
    if (checked.ok) return checked.value;
    const [one] = checked.fault.toReversed();
    const [, list, at, bound] =
      /^(rules|crossRules)\[(\d+)\](?:\.writes\[(\d+)\])?/.exec(one?.path ?? "") ?? [];
    assert(list !== undefined, JSON.stringify(checked));
    const rule = data.rules[Number(at)];
    const writes = list === "rules" && bound !== undefined ? rule?.writes : undefined;
    if (writes !== undefined && writes.length > 1) writes.splice(Number(bound), 1);
    else data[list as "rules" | "crossRules"].splice(Number(at), 1);
  }
  throw new Error("nothing that chance made could be meant");
}
