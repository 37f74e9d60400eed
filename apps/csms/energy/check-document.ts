/**
 * Everything that can be wrong with a site document, each fault with its path and line: as text, as topology (energy's
 * `checkEnergyConfig`), as policy of the guard, and against the inventory: stations that there are not, or that are another site's,
 * and EVSEs that their stations do not have. Nothing is repaired.
 *
 * What it means besides is told too: what each fuse and phase carries with no controller at all, and which outlets get nothing then.
 */
import { checkEnergyConfig, type EnergyConfig, type PerPhase, safeSums } from "@wattward/energy";
import type { Policy } from "@wattward/guard";
import type { SiteId } from "@wattward/kernel";
import { boolean, exactly, list, object, optional, type Rule, text, whole } from "@wattward/kernel/shape";
import { ENERGY_CHARS_MAX } from "@wattward/sitelink";
import type { Core, StationPlace } from "../core/port.ts";
import { checkPolicy, guardPolicyOf } from "./guard-policy.ts";
import { FAULTS_TOLD_MAX } from "./limits.ts";
import type { ModbusDevice, SiteDocument } from "./site-document.ts";
import { readWritten } from "./written.ts";

export type DocumentFault = {
  readonly path: string;
  readonly sentence: string;
  readonly line: number | null;
};
export type DocumentCheck = {
  readonly faults: readonly DocumentFault[];
  /** No faults, but worth knowing. */
  readonly notes: readonly DocumentFault[];
  /** Of each fuse and phase, mA. */
  readonly safeSums: readonly {
    readonly fuse: string;
    readonly safeMa: PerPhase;
    readonly roomMa: PerPhase;
  }[];
  /** Outlets whose safe default is 0: with no controller at all, cars there do not charge. */
  readonly withoutPower: readonly {
    readonly outlet: string;
    readonly station: string;
    readonly evse: number;
  }[];
  /** For the bundle, and for the decision that stores it; absent where there are faults. */
  readonly compiled?: {
    readonly config: EnergyConfig;
    readonly policy?: Policy;
    readonly energy: string;
    readonly guard?: string;
    readonly stations: readonly string[];
  };
};

/** As far as it can be told from the text alone. */
export const checkDocument = (from: string): DocumentCheck => check(from, undefined);

/** The same, against the inventory as it is now. */
export async function checkDocumentAt(
  core: Pick<Core, "query">,
  site: SiteId,
  from: string,
): Promise<DocumentCheck> {
  const alone = checkDocument(from);
  if (alone.compiled === undefined) return alone;
  const places = await core.query("energy.places", { stations: alone.compiled.stations });
  return check(from, { site, places });
}

type Inventory = { readonly site: string; readonly places: readonly StationPlace[] };
type Found = { readonly path: string; readonly sentence: string };

function check(from: string, inventory: Inventory | undefined): DocumentCheck {
  const written = readWritten(from);
  if (!written.ok) {
    const { sentence, line } = written.fault;
    return refused([{ path: "", sentence, line }]);
  }
  const { value, lineOf } = written.value;
  const located = (found: readonly Found[]) =>
    found.slice(0, FAULTS_TOLD_MAX).map((one) => ({ ...one, line: lineOf(one.path) }));
  const read = readDocument(value);
  if ("faults" in read) return refused(located(read.faults));
  const { document } = read;
  const { site } = document.energy;
  const { sums, withoutPower } = safeSums(site);
  const outlets = new Map(site.outlets.map((outlet) => [outlet.id, outlet]));
  const told = {
    safeSums: sums,
    withoutPower: withoutPower.flatMap((id) => {
      const outlet = outlets.get(id);
      return outlet === undefined ? [] : [{ outlet: id, station: outlet.station, evse: outlet.evse }];
    }),
  };
  const { faults, notes } = inventory === undefined ? { faults: [], notes: [] } : placed(document, inventory);
  const compiled = compile(document);
  if ("faults" in compiled) faults.push(...compiled.faults);
  if (faults.length > 0 || "faults" in compiled)
    return { faults: located(faults), notes: located(notes), ...told };
  return { faults: [], notes: located(notes), ...told, compiled };
}

const refused = (faults: readonly DocumentFault[]): DocumentCheck => ({
  faults,
  notes: [],
  safeSums: [],
  withoutPower: [],
});

function compile(document: SiteDocument): NonNullable<DocumentCheck["compiled"]> | { faults: Found[] } {
  const { energy: config } = document;
  const policy = guardPolicyOf(document);
  const energy = JSON.stringify(config);
  const guard = policy === undefined ? undefined : JSON.stringify(policy);
  const long = Object.entries({ energy, guard }).filter(([, one]) => (one?.length ?? 0) > ENERGY_CHARS_MAX);
  if (long.length > 0)
    return {
      faults: long.map(([path]) => ({
        path,
        sentence: `is too long for a bundle: over ${ENERGY_CHARS_MAX} characters as JSON`,
      })),
    };
  const stations = [...new Set(config.site.outlets.map(({ station }) => station))];
  return { config, energy, stations, ...(policy && { policy }), ...(guard !== undefined && { guard }) };
}

// ---------------------------------------------------------------- from data to a document
const anything: Rule = () => undefined;
const modbusDevice = object<ModbusDevice>({
  device: text(64, 1),
  host: text(253, 1),
  port: whole(1, 65_535),
  tls: boolean,
  deviceUnit: whole(0, 255),
  answerMsMax: whole(50, 60_000),
  models: list(
    object<ModbusDevice["models"][number]>({ id: whole(1, 65_535), address: whole(0, 65_535) }),
    100,
  ),
});
const outside = object<SiteDocument>({
  schema: exactly(1),
  energy: anything,
  modbus: optional(list(modbusDevice, 247)),
  guard: optional(anything),
});

function readDocument(
  value: unknown,
): { readonly document: SiteDocument } | { readonly faults: readonly Found[] } {
  const wrong = outside(value);
  if (wrong !== undefined) return { faults: [foundIn(wrong)] };
  const given = value as { readonly [K in keyof SiteDocument]: unknown };
  const energy = checkEnergyConfig(given.energy);
  const guard = given.guard === undefined ? undefined : checkPolicy(given.guard);
  const faults = [
    ...(energy.ok ? [] : energy.fault.map((one) => under("energy", one))),
    ...(guard === undefined || guard.ok ? [] : guard.fault.map((one) => under("guard", one))),
  ];
  if (!energy.ok || guard?.ok === false) return { faults };
  const document: SiteDocument = {
    schema: 1,
    energy: energy.value,
    ...(given.modbus !== undefined && { modbus: given.modbus as readonly ModbusDevice[] }),
    ...(guard !== undefined && { guard: guard.value }),
  };
  const mismatched = devicesFaults(document);
  return mismatched.length > 0 ? { faults: mismatched } : { document };
}

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
function devicesFaults({ energy, modbus, guard }: SiteDocument): Found[] {
  if (guard !== undefined && modbus !== undefined)
    return [
      { path: "modbus", sentence: "stands beside 'guard', which has its devices already: take one out" },
    ];
  if (guard !== undefined) return unitFaults(energy, guard);
  const faults: Found[] = [];
  const ids = new Map<string, number>(energy.devices.map(({ id }, i) => [id, i]));
  const seen = new Set<string>();
  const at = new Map<string, number>();
  (modbus ?? []).forEach(({ device, host, port, deviceUnit }, i) => {
    const path = `modbus[${i}]`;
    if (!ids.has(device))
      faults.push({ path: `${path}.device`, sentence: `energy.devices has no '${device}'` });
    if (seen.has(device)) faults.push({ path: `${path}.device`, sentence: `'${device}' is there twice` });
    seen.add(device);
    const place = `${host}:${port} unit ${deviceUnit}`;
    const other = at.get(place);
    if (other !== undefined) faults.push({ path, sentence: `is at ${place}, as modbus[${other}] is` });
    at.set(place, i);
  });
  for (const [id, i] of ids)
    if (!seen.has(id))
      faults.push({
        path: `energy.devices[${i}]`,
        sentence: `has no entry in 'modbus': nobody knows where '${id}' is`,
      });
  return faults;
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

// ---------------------------------------------------------------- against the inventory
function placed({ energy }: SiteDocument, { site, places }: Inventory): { faults: Found[]; notes: Found[] } {
  const known = new Map(places.map((place) => [place.station, place]));
  const faults: Found[] = [];
  const notes: Found[] = [];
  energy.site.outlets.forEach(({ station, evse }, i) => {
    const path = `energy.site.outlets[${i}]`;
    const place = known.get(station);
    if (place === undefined)
      faults.push({
        path: `${path}.station`,
        sentence: `there is no station '${station}': add it with 'station add ${station} --site ${site}'`,
      });
    else if (place.site !== site)
      faults.push({
        path: `${path}.station`,
        sentence: `'${station}' is not at this site, but ${place.site === null ? "at none" : `at '${place.site}'`}`,
      });
    else if (place.evses.length === 0)
      notes.push({
        path: `${path}.evse`,
        sentence: `'${station}' has told of none yet: whether it has EVSE ${evse} is not known`,
      });
    else if (!place.evses.includes(evse))
      faults.push({
        path: `${path}.evse`,
        sentence: `'${station}' has no EVSE ${evse}, but ${place.evses.join(", ")}`,
      });
  });
  return { faults, notes };
}
