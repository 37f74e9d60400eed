/** What the parts of a policy say of each other: names that exist, once; registers apart; bounds that a rule can really judge. */
import { plainAddress } from "@wattward/kernel";
import { writing } from "./functions.ts";
import type { Client, GuardedDevice, Policy, Rule, TypedRegister, WriteBound } from "./policy.ts";
import { sizeOf, tableOf } from "./values.ts";

export type Note = (path: string, sentence: string) => void;

export function checkReferences(policy: Policy, note: Note): void {
  const { clients, devices, rules, crossRules, learning } = policy;
  once(
    clients,
    ({ name }) => name,
    (i) => `clients[${i}].name`,
    note,
  );
  once(clients, proofText, (i) => `clients[${i}].by`, note);
  once(
    devices,
    ({ name }) => name,
    (i) => `devices[${i}].name`,
    note,
  );
  once(
    devices,
    ({ unit }) => `unit ${unit}`,
    (i) => `devices[${i}].unit`,
    note,
  );
  // Twice the same device would have two sets of bounds, and be held by neither.
  once(devices, deviceText, (i) => `devices[${i}]`, note);
  for (const [i, device] of devices.entries()) checkRegisters(device, `devices[${i}].registers`, note);
  for (const [i, rule] of rules.entries()) checkRule(policy, rule, `rules[${i}]`, note);
  crossRules.forEach((rule, i) => {
    const device = devices.find(({ name }) => name === rule.device);
    const path = `crossRules[${i}]`;
    if (device === undefined) note(`${path}.device`, `names '${rule.device}', which is no device here`);
    else checkCrossRule(device, rule, path, note);
  });
  if (learning === undefined) return;
  once(
    learning.devices,
    (name) => name,
    (i) => `learning.devices[${i}]`,
    note,
  );
  learning.devices.forEach((name, i) => {
    if (!devices.some((device) => device.name === name))
      note(`learning.devices[${i}]`, `names '${name}', which is no device here`);
  });
}

function once<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  pathOf: (i: number) => string,
  note: Note,
): void {
  const seen = new Map<string, number>();
  items.forEach((item, i) => {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else note(pathOf(i), `is there twice: '${key}' is ${pathOf(first)} already`);
  });
}

function proofText({ by }: Client): string {
  switch (by.kind) {
    case "socket":
      return `user ${by.uid} on the socket`;
    // One certificate has one role: two clients of one key could not be told apart.
    case "certificate":
      return `key ${by.spkiSha256}`;
    case "address":
      return `address ${plainAddress(by.address)}`;
  }
}

const deviceText = ({ host, port, deviceUnit }: GuardedDevice) =>
  `unit ${deviceUnit} at ${host.toLowerCase()}:${port}`;

function checkRegisters({ registers }: GuardedDevice, path: string, note: Note): void {
  once(
    registers,
    ({ name }) => name,
    (i) => `${path}[${i}].name`,
    note,
  );
  const inOrder = registers.map((register, i) => ({ register, i, end: register.address + sizeOf(register) }));
  inOrder.sort((a, b) => a.register.address - b.register.address || a.i - b.i);
  const furthest = new Map<string, (typeof inOrder)[number]>();
  for (const one of inOrder) {
    const { register, i, end } = one;
    if (end > 0x10000) note(`${path}[${i}].address`, "ends beyond 65535");
    const table = tableOf(register);
    const before = furthest.get(table);
    if (before !== undefined && register.address < before.end)
      note(
        `${path}[${i}].address`,
        `overlaps '${before.register.name}', ${before.register.address} to ${before.end - 1}`,
      );
    if (before === undefined || end > before.end) furthest.set(table, one);
    if (register.scale !== undefined && register.scaleFrom !== undefined)
      note(`${path}[${i}].scaleFrom`, "stands beside scale: only one of them can be meant");
    if (register.words !== undefined && sizeOf(register) === 1)
      note(`${path}[${i}].words`, "means nothing for a value of one register");
    if (register.type === "float32" && register.absent !== undefined)
      note(`${path}[${i}].absent`, "means nothing for float32: NaN is what it does not implement");
    checkScaleFactor(register, registers, `${path}[${i}].scaleFrom`, note);
    for (const link of ["enable", "revertTime"] as const) {
      const name = register[link];
      if (name === register.name) note(`${path}[${i}].${link}`, "is the register itself");
      else if (name !== undefined && !registers.some((other) => other.name === name))
        note(`${path}[${i}].${link}`, `names '${name}', which is no register here`);
    }
  }
}

function checkScaleFactor(
  register: TypedRegister,
  all: readonly TypedRegister[],
  path: string,
  note: Note,
): void {
  const { scaleFrom } = register;
  if (scaleFrom === undefined) return;
  const there = all.find((other) => tableOf(other) === tableOf(register) && holds(other, scaleFrom));
  if (there === undefined) return;
  if (there === register) note(path, "is the register itself");
  else if (sizeOf(there) > 1) note(path, `is part of '${there.name}'`);
}

const holds = (register: TypedRegister, address: number) =>
  register.address <= address && address < register.address + sizeOf(register);

function checkRule({ clients, devices }: Policy, rule: Rule, path: string, note: Note): void {
  const { client, writes } = rule;
  if (client !== "any" && !clients.some(({ name }) => name === client))
    note(`${path}.client`, `names '${client}', which is no client here (or any)`);
  const device = devices.find(({ name }) => name === rule.device);
  if (device === undefined) {
    note(`${path}.device`, `names '${rule.device}', which is no device here`);
    return;
  }
  const codes = rule.functions.filter((code) => writing.has(code));
  if (writes === undefined || writes.length === 0) {
    if (codes.length > 0)
      note(
        `${path}.writes`,
        `is missing: function ${codes[0]} writes, and each register written needs its bounds`,
      );
    return;
  }
  if (codes.length === 0) note(`${path}.writes`, "has bounds, and no function of the rule writes");
  once(
    writes,
    ({ register }) => register,
    (i) => `${path}.writes[${i}].register`,
    note,
  );
  for (const [i, bound] of writes.entries())
    checkBound(device, rule, bound, { path: `${path}.writes[${i}]`, note });
}

type Where = { readonly path: string; readonly note: Note };

function checkBound(device: GuardedDevice, rule: Rule, bound: WriteBound, { path, note }: Where): void {
  const register = device.registers.find(({ name }) => name === bound.register);
  const fault = (sentence: string) => note(`${path}.register`, sentence);
  if (register === undefined) {
    fault(`names '${bound.register}', which is no register of '${device.name}'`);
    return;
  }
  const last = register.address + sizeOf(register) - 1;
  if (register.table === "input")
    fault(`names '${register.name}', which is an input: inputs are not written`);
  if (register.address < rule.from || last > rule.to)
    fault(
      `names '${register.name}' at ${register.address} to ${last}, outside the rule's ${rule.from} to ${rule.to}`,
    );
  const scaled = device.registers.find(
    (other) => tableOf(other) === tableOf(register) && other.scaleFrom === register.address,
  );
  if (scaled !== undefined) fault(`names the scale factor of '${scaled.name}': what it meant would change`);
  const able = register.type === "coil" ? [5, 15] : sizeOf(register) > 1 ? [16, 23] : [6, 16, 22, 23];
  if (!rule.functions.some((code) => able.includes(code)))
    fault(
      `names '${register.name}', which functions ${able.join(", ")} could write; the rule has none of them`,
    );
}

function checkCrossRule(
  device: GuardedDevice,
  rule: Policy["crossRules"][number],
  path: string,
  note: Note,
): void {
  for (const part of ["when", "limit"] as const) {
    const { register } = rule[part];
    const known = device.registers.find(({ name }) => name === register);
    if (known === undefined)
      note(`${path}.${part}.register`, `names '${register}', which is no register of '${device.name}'`);
    else if (part === "limit" && known.table === "input")
      note(`${path}.limit.register`, `names '${register}', which is an input: inputs are not written`);
  }
  if (rule.when.register === rule.limit.register)
    note(`${path}.when.register`, "is the register that it bounds: give that register its bounds in a rule");
  const { below, above } = rule.when;
  if (below !== undefined && above !== undefined && above < below)
    note(`${path}.when.above`, "lies below 'below', so that it always holds");
}
