/**
 * Everything that can be wrong with a site document, each fault with its path and line: as text, as topology (energy's
 * `checkEnergyConfig`), as policy of the guard, and against the inventory: stations that there are not, or that are another site's,
 * and EVSEs that their stations do not have. Nothing is repaired.
 *
 * What it means besides is told too: what each fuse and phase carries with no controller at all, and which outlets get nothing then.
 */
import { type EnergyConfig, opensBeside, type PerPhase, safeSums } from "@wattward/energy";
import { type Located, readWritten } from "@wattward/energy/document";
import { checkPolicy, type Policy } from "@wattward/guard";
import type { SiteId } from "@wattward/kernel";
import { ENERGY_CHARS_MAX } from "@wattward/sitelink";
import type { StationPlace } from "../core/port.ts";
import { guardPolicyOf } from "./guard-policy.ts";
import { FAULTS_TOLD_MAX, PRICES_CHARS_MAX } from "./limits.ts";
import { type Found, readDocument } from "./read-document.ts";
import type { SiteDocument } from "./site-document.ts";

export type DocumentFault = Located;
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
export function checkDocument(from: string): DocumentCheck {
  const read = understood(from);
  return "faults" in read ? read : standing(read, undefined);
}

/** The same, against the inventory as it is now: where its stations are, and all of the site (query `energy.check`). */
export async function checkDocumentAt(
  placesOf: (stations: readonly string[]) => Promise<readonly StationPlace[]>,
  site: SiteId,
  from: string,
): Promise<DocumentCheck> {
  const read = understood(from);
  if ("faults" in read) return read;
  const alone = standing(read, undefined);
  if (alone.compiled === undefined) return alone;
  return standing(read, { site, places: await placesOf(alone.compiled.stations) });
}

type Inventory = { readonly site: string; readonly places: readonly StationPlace[] };
/** A text whose parts are sound, and what it says: of a large site, most of a second's work. */
type Understood = {
  readonly document: SiteDocument;
  readonly located: (found: readonly Found[]) => readonly Located[];
};

function understood(from: string): Understood | DocumentCheck {
  const written = readWritten(from);
  if (!written.ok) {
    const { sentence, line } = written.fault;
    return refused([{ path: "", sentence, line }]);
  }
  const located = (found: readonly Found[]) => found.slice(0, FAULTS_TOLD_MAX).map(written.value.located);
  const read = readDocument(written.value.value);
  return "faults" in read ? refused(located(read.faults)) : { document: read.document, located };
}

function standing({ document, located }: Understood, inventory: Inventory | undefined): DocumentCheck {
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
  notes.push(...opensBeside(site).map(({ path, sentence }) => ({ path: `energy.site.${path}`, sentence })));
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
  const sound = policy === undefined ? undefined : checkPolicy(policy);
  if (sound?.ok === false)
    return {
      faults: sound.fault.map(({ path, sentence }) => ({
        path: document.guard === undefined ? "modbus" : "guard",
        sentence: `makes a policy whose ${path} ${sentence}`,
      })),
    };
  const energy = JSON.stringify(config);
  const guard = policy === undefined ? undefined : JSON.stringify(policy);
  const long = [
    // Prices that are told take the place of those in it.
    ...tooLong("energy", energy, ENERGY_CHARS_MAX - PRICES_CHARS_MAX),
    ...tooLong("guard", guard ?? "", ENERGY_CHARS_MAX),
  ];
  if (long.length > 0) return { faults: long };
  const stations = [...new Set(config.site.outlets.map(({ station }) => station))];
  return { config, energy, stations, ...(policy && { policy }), ...(guard !== undefined && { guard }) };
}

const tooLong = (path: string, text: string, charsMax: number): Found[] =>
  text.length <= charsMax
    ? []
    : [{ path, sentence: `is too long for a bundle: ${text.length} characters as JSON, over ${charsMax}` }];

function placed({ energy }: SiteDocument, { site, places }: Inventory): { faults: Found[]; notes: Found[] } {
  const known = new Map(places.map((place) => [place.station, place]));
  const faults: Found[] = [];
  const notes: Found[] = [];
  energy.site.outlets.forEach(({ station, evse, limiting }, i) => {
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
    else if (place.route === "direct" && limiting === "proven")
      faults.push({
        path: `${path}.station`,
        sentence: `'${station}' comes past the site (route direct), which cannot limit it: let it come by the site, or write 'limiting: none'`,
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
  return { faults, notes: [...notes, ...leftOut(energy, places, site)] };
}

/** What stands at the site, and the document does not have: it draws what it likes, and no sum has it. */
function leftOut(
  { site: { outlets } }: EnergyConfig,
  places: readonly StationPlace[],
  site: string,
): Found[] {
  const named = Map.groupBy(outlets, ({ station }) => station as string);
  const path = "energy.site.outlets";
  return places.flatMap((place): Found[] => {
    if (place.site !== site) return [];
    const of = named.get(place.station);
    if (of === undefined)
      return [
        { path, sentence: `none is of '${place.station}', which is at this site too: nobody limits it` },
      ];
    const others = place.evses.filter((evse) => !of.some((outlet) => outlet.evse === evse));
    if (others.length === 0) return [];
    return [
      {
        path,
        sentence: `none is EVSE ${others.join(", ")} of '${place.station}', which has it: nobody limits it`,
      },
    ];
  });
}
