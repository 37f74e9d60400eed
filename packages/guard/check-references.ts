/** What the parts of a policy say of each other: names that exist, once; registers apart; bounds that a rule can really judge. */
import { FAULTS_MAX, plainAddress } from "@wattward/kernel";
import { writing } from "./functions.ts";
import { plainHost } from "./host.ts";
import type {
  Client,
  CrossRule,
  GuardedDevice,
  Policy,
  PolicyFault,
  Rule,
  TypedRegister,
  WriteBound,
} from "./policy.ts";
import { canHold, sizeOf, tableOf, valuesOf } from "./values.ts";

/** What was found wrong so far, and where to tell more. */
export class Notes {
  readonly faults: PolicyFault[] = [];

  readonly note: Note = (path, sentence) => {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ path, sentence });
  };

  /** Nothing is wrong at a path, nor below it: what stands there is not a stand-in. */
  isSound(path: string): boolean {
    return !this.faults.some((fault) => fault.path === path || isBelow(fault.path, path));
  }

  /** All names of a list are known. */
  knowsNames(list: string, named: readonly { readonly name: string }[]): boolean {
    return !this.faults.some(({ path }) => path === list) && named.every(({ name }) => name !== "");
  }
}

export type Note = (path: string, sentence: string) => void;

const isBelow = (path: string, above: string) =>
  path.startsWith(above) && (path[above.length] === "." || path[above.length] === "[");

/** Of parts whose form is right: what hangs on one that is wrong is not known. */
export function checkReferences(policy: Policy, notes: Notes): void {
  const { clients, devices, rules, crossRules } = policy;
  const { note } = notes;
  const unique = <T>(items: readonly T[], keyOf: (item: T) => string, pathOf: (i: number) => string) =>
    once(items, (item, i) => (notes.isSound(pathOf(i)) ? keyOf(item) : undefined), pathOf, note);
  unique(
    clients,
    ({ name }) => name,
    (i) => `clients[${i}].name`,
  );
  unique(clients, proofText, (i) => `clients[${i}].by`);
  unique(
    devices,
    ({ name }) => name,
    (i) => `devices[${i}].name`,
  );
  unique(
    devices,
    ({ unit }) => `unit ${unit}`,
    (i) => `devices[${i}].unit`,
  );
  // Twice the same device would have two sets of bounds, and be held by neither.
  unique(devices, deviceText, (i) => `devices[${i}]`);
  checkBroadcasts(devices, note);
  for (const [i, device] of devices.entries()) checkRegisters(device, `devices[${i}].registers`, notes);
  for (const [i, rule] of rules.entries()) checkRule(policy, rule, `rules[${i}]`, notes);
  for (const [i, rule] of crossRules.entries()) checkCrossRule(policy, rule, `crossRules[${i}]`, notes);
  checkLearning(policy, notes);
}

function checkLearning({ learning, devices }: Policy, notes: Notes): void {
  if (learning === undefined || !notes.isSound("learning")) return;
  once(
    learning.devices,
    (name) => name,
    (i) => `learning.devices[${i}]`,
    notes.note,
  );
  if (!notes.knowsNames("devices", devices)) return;
  learning.devices.forEach((name, i) => {
    if (!devices.some((device) => device.name === name))
      notes.note(`learning.devices[${i}]`, `names '${name}', which is no device here`);
  });
}

function once<T>(
  items: readonly T[],
  keyOf: (item: T, i: number) => string | undefined,
  pathOf: (i: number) => string,
  note: Note,
): void {
  const seen = new Map<string, number>();
  items.forEach((item, i) => {
    const key = keyOf(item, i);
    if (key === undefined) return;
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

const placeText = ({ host, port }: GuardedDevice) => `${plainHost(host)}:${port}`;
const deviceText = (device: GuardedDevice) => `unit ${device.deviceUnit} at ${placeText(device)}`;

/** A gateway sends what is for unit 0 to every device behind it, past the rules of each. */
function checkBroadcasts(devices: readonly GuardedDevice[], note: Note): void {
  devices.forEach((device, i) => {
    const other = devices.find((one) => one !== device && placeText(one) === placeText(device));
    if (device.deviceUnit === 0 && other !== undefined)
      note(
        `devices[${i}].deviceUnit`,
        `is 0 where '${other.name}' is too: a gateway sends that to all devices behind it`,
      );
  });
}

function checkRegisters({ registers }: GuardedDevice, path: string, notes: Notes): void {
  const { note } = notes;
  once(
    registers,
    ({ name }, i) => (notes.isSound(`${path}[${i}].name`) ? name : undefined),
    (i) => `${path}[${i}].name`,
    note,
  );
  const inOrder = registers
    .map((register, i) => ({ register, i, end: register.address + sizeOf(register) }))
    .filter(({ i }) => notes.isSound(`${path}[${i}]`));
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

/** The device that a rule names, where it and the rule are sound in themselves. */
function deviceOf(
  { devices }: Policy,
  rule: { readonly device: string },
  path: string,
  notes: Notes,
): GuardedDevice | undefined {
  const i = devices.findIndex(({ name }) => name === rule.device);
  if (i < 0 && notes.isSound(`${path}.device`) && notes.knowsNames("devices", devices))
    notes.note(`${path}.device`, `names '${rule.device}', which is no device here`);
  return notes.isSound(path) && notes.isSound(`devices[${i}]`) ? devices[i] : undefined;
}

function checkRule(policy: Policy, rule: Rule, path: string, notes: Notes): void {
  const { client, writes } = rule;
  const { note } = notes;
  const { clients } = policy;
  const device = deviceOf(policy, rule, path, notes);
  if (
    client !== "any" &&
    notes.isSound(`${path}.client`) &&
    notes.knowsNames("clients", clients) &&
    !clients.some(({ name }) => name === client)
  )
    note(`${path}.client`, `names '${client}', which is no client here (or any)`);
  if (device === undefined) return;
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
  if (!canHold(register, bound))
    note(`${path}.max`, `leaves no value: '${register.name}' can hold ${heldText(register)}`);
}

function heldText(register: TypedRegister): string {
  const held = valuesOf(register);
  if (held === undefined) return "no negative number";
  return `${held.min} to ${held.max}${(register.scale ?? 1) === 1 ? ", whole numbers" : ` in steps of ${register.scale}`}`;
}

function checkCrossRule(policy: Policy, rule: CrossRule, path: string, notes: Notes): void {
  const device = deviceOf(policy, rule, path, notes);
  if (device === undefined) return;
  const { note } = notes;
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
