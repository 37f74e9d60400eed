/**
 * From data to a site document: its form, what energy and guard say of their parts, and that both mean the same devices by the same unit
 * ids. Every fault with its path (`energy.site.fuses[1].ratedMa`).
 */
import { checkEnergyConfig, type EnergyConfig } from "@wattward/energy";
import { checkPolicy, type Policy } from "@wattward/guard";
import { exactly, list, object, optional, type Rule } from "@wattward/kernel/shape";
import { DEVICES_MAX } from "./limits.ts";
import { type ModbusDevice, modbusRule, type SiteDocument } from "./site-document.ts";

export type Found = { readonly path: string; readonly sentence: string };

const anything: Rule = () => undefined;
const outside = object<SiteDocument>({
  schema: exactly(1),
  energy: anything,
  modbus: optional(list(modbusRule, DEVICES_MAX)),
  readers: optional(anything),
  guard: optional(anything),
});

/** All faults of its parts, or the document. */
export function readDocument(
  value: unknown,
): { readonly document: SiteDocument } | { readonly faults: readonly Found[] } {
  const wrong = outside(value);
  if (wrong !== undefined) return { faults: [foundIn(wrong)] };
  const given = value as { readonly [K in keyof SiteDocument]: unknown };
  const energy = checkEnergyConfig(given.energy);
  const guard = given.guard === undefined ? undefined : checkPolicy(given.guard);
  // Readers are clients of a policy: checked as those of one without devices.
  const clients = checkPolicy({ ...noPolicy, clients: given.readers ?? [] });
  const faults = [
    ...(energy.ok ? [] : energy.fault.map((one) => under("energy", one))),
    ...(guard === undefined || guard.ok ? [] : guard.fault.map((one) => under("guard", one))),
    ...(clients.ok
      ? []
      : clients.fault.map((one) => ({ ...one, path: one.path.replace("clients", "readers") }))),
  ];
  if (!energy.ok || guard?.ok === false || !clients.ok) return { faults };
  const document: SiteDocument = {
    schema: 1,
    energy: energy.value,
    ...(given.modbus !== undefined && { modbus: given.modbus as readonly ModbusDevice[] }),
    ...(given.readers !== undefined && { readers: clients.value.clients }),
    ...(guard !== undefined && { guard: guard.value }),
  };
  const mismatched = devicesFaults(document);
  return mismatched.length > 0 ? { faults: mismatched } : { document };
}

const noPolicy = { schema: 1, clients: [], devices: [], rules: [], crossRules: [] };

/** A shape's rule says path and sentence in one: `.modbus[0].port must be …`. */
function foundIn(wrong: string): Found {
  const [, path = "", sentence = wrong] = /^((?:\.\w+|\[\d+\])*) (.*)$/s.exec(wrong) ?? [];
  return { path: path.replace(/^\./, ""), sentence };
}

const under = (name: string, { path, sentence }: Found): Found => ({
  path: path === "" ? name : `${name}.${path}`,
  sentence,
});

/** Each device is where it can be reached, once; unit ids are the same on both sides of the guard. */
function devicesFaults({ energy, modbus, readers, guard }: SiteDocument): Found[] {
  if (guard !== undefined)
    for (const [path, beside] of Object.entries({ modbus, readers }))
      if (beside !== undefined)
        return [
          { path, sentence: "stands beside 'guard', which says all that already: take one of them out" },
        ];
  if (guard !== undefined) return unitFaults(energy, guard);
  const faults: Found[] = [];
  const ids = new Map<string, number>(energy.devices.map(({ id }, i) => [id, i]));
  const seen = new Set<string>();
  const at = new Map<string, number>();
  (modbus ?? []).forEach(({ device, host, port, deviceUnit, models = [] }, i) => {
    const path = `modbus[${i}]`;
    if (!ids.has(device))
      faults.push({ path: `${path}.device`, sentence: `energy.devices has no '${device}'` });
    if (seen.has(device)) faults.push({ path: `${path}.device`, sentence: `'${device}' is there twice` });
    seen.add(device);
    const place = `${host}:${port} unit ${deviceUnit}`;
    const other = at.get(place);
    if (other !== undefined) faults.push({ path, sentence: `is at ${place}, as modbus[${other}] is` });
    at.set(place, i);
    faults.push(...modelsFaults(models, `${path}.models`));
  });
  for (const [id, i] of ids)
    if (!seen.has(id))
      faults.push({
        path: `energy.devices[${i}]`,
        sentence: `has no entry in 'modbus': nobody knows where '${id}' is`,
      });
  return faults;
}

/** Models lie one behind the other: where two share a register the guard would judge it by the wrong one. */
function modelsFaults(models: NonNullable<ModbusDevice["models"]>, path: string): Found[] {
  const inOrder = models.map((model, i) => ({ ...model, i })).sort((a, b) => a.address - b.address);
  return inOrder.slice(1).flatMap(({ address, id, i }, before) => {
    const { id: other, ...placed } = inOrder[before]!;
    const endsAt = placed.address + 1 + placed.length;
    return address > endsAt
      ? []
      : [
          {
            path: `${path}[${i}]`,
            sentence: `has model ${id} begin at ${address}, within model ${other}, which ends at ${endsAt}`,
          },
        ];
  });
}

function unitFaults({ devices }: EnergyConfig, { devices: guarded }: Policy): Found[] {
  const units = new Map<number, string>(guarded.map(({ unit, name }) => [unit, name]));
  return devices.flatMap(({ id, unit }, i) => {
    const path = `energy.devices[${i}].unit`;
    const there = units.get(unit);
    const named = guarded.find(({ name }) => (name as string) === id);
    if (named !== undefined && named.unit !== unit)
      return [{ path, sentence: `is ${unit}, and the guard has '${id}' under ${named.unit}` }];
    return there === undefined
      ? [{ path, sentence: `is ${unit}, which the guard knows no device under` }]
      : [];
  });
}
