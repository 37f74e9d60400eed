/**
 * The strict parser of a site. Refused, each with its path: what is not there or not known, numbers that are none, unknown phases, ids
 * twice, two outlets at one EVSE, a parent that does not exist, fuses in a circle, more or less than one grid connection, a child above its parent, a minimum
 * above a rating, a default between 0 and the minimum, and a site that is unsafe with no controller at all. Nothing is repaired.
 */
import {
  type DocumentFault,
  DocumentReader,
  type EvseId,
  failed,
  ok,
  type Result,
  stationId,
} from "@wattward/kernel";
import { sparedFaults, withoutController } from "./check-spared.ts";
import { safeTotals } from "./fallback.ts";
import { fuseTree, rowOf, rowsOf } from "./fuse-tree.ts";
import {
  CURRENT_MA_MAX,
  FUSES_MAX,
  LOADS_MAX,
  METERS_MAX,
  MINIMUM_MA,
  NAME_CHARS_MAX,
  OUTLETS_MAX,
  POWER_W_MAX,
  SOURCES_MAX,
} from "./limits.ts";
import { modeRow } from "./modes.ts";
import { everyWired, type PerPhase, PHASES, type Phase, type Wiring } from "./phases.ts";
import type {
  Battery,
  Fuse,
  FuseId,
  Load,
  LoadId,
  Meter,
  MeterId,
  Outlet,
  OutletId,
  Site,
  Source,
  SourceId,
  Steps,
} from "./site.ts";
import { stepDown } from "./steps.ts";

/** `path` is empty where the whole is meant. */
export type SiteFault = DocumentFault;

const HOUR_MS = 3_600_000;

/** Reads a site from data; the faults are its author's. */
export function checkSite(data: unknown): Result<Site, readonly SiteFault[]> {
  const faults: SiteFault[] = [];
  const root = new DocumentReader(data, "", faults);
  root.object("voltageV", "fuses", "outlets", "loads", "sources", "meters", "peakW");
  const site: Site = {
    voltageV: root.at("voltageV").number(50, 1_000),
    fuses: root.at("fuses").list(FUSES_MAX).map(fuseOf),
    outlets: root.at("outlets").list(OUTLETS_MAX).map(outletOf),
    loads: root.at("loads").list(LOADS_MAX).map(loadOf),
    sources: root.at("sources").list(SOURCES_MAX).map(sourceOf),
    meters: root.at("meters").list(METERS_MAX).map(meterOf),
    ...root.optional("peakW", (peak) => peak.number(0, POWER_W_MAX)),
  };
  const note = (path: string, sentence: string) => void faults.push({ path, sentence });
  if (faults.length === 0) checkIds(site, note);
  if (faults.length === 0) checkTree(site, note);
  if (faults.length === 0) checkSafeSums(site, note);
  if (faults.length === 0) for (const { path, sentence } of sparedFaults(site)) note(path, sentence);
  return faults.length === 0 ? ok(site) : failed(faults);
}

const current = (reader: DocumentReader, min = 0): number => reader.number(min, CURRENT_MA_MAX);

function fuseOf(r: DocumentReader): Fuse {
  r.object("id", "parent", "ratedMa", "carriesPermille", "spares", "backfeedMa");
  const ratedMa = current(r.at("ratedMa"), 1_000);
  return {
    id: r.at("id").text(NAME_CHARS_MAX) as FuseId,
    ...r.optional("parent", (parent) => parent.text(NAME_CHARS_MAX) as FuseId),
    ratedMa,
    carriesPermille: r.at("carriesPermille").number(1_000, 2_000),
    ...r.optional("spares", (spares) => spares.oneOf("rating")),
    ...r.optional("backfeedMa", (backfeed) => backfeed.number(0, ratedMa)),
  };
}

function outletOf(r: DocumentReader): Outlet {
  r.object(
    ...["id", "station", "evse", "fuse", "wiring", "ratedMa", "minMa", "steps", "safeMa", "limiting"],
    ...["ttlMs", "expiry", "respondsMs", "switchesPhases", "dischargeMaMax"],
  );
  const station = stationId(r.at("station").text(NAME_CHARS_MAX));
  if (!station.ok) r.at("station").fault(station.fault.sentence);
  const ratedMa = current(r.at("ratedMa"), MINIMUM_MA);
  const minMa = r.at("minMa").number(MINIMUM_MA, ratedMa);
  const safeMa = r.at("safeMa").number(0, ratedMa);
  const steps = stepsOf(r.at("steps"));
  const knownMa = stepDown({ steps, minMa, ratedMa }, safeMa);
  if (safeMa > 0 && safeMa < minMa) r.at("safeMa").fault("is neither 0 nor at least minMa: cars refuse it");
  else if (knownMa !== safeMa) r.at("safeMa").fault(`is none of its steps: the next below is ${knownMa} mA`);
  const discharges = !r.at("dischargeMaMax").absent;
  const limiting = r.at("limiting").oneOf("proven", "none");
  const expiry = r.at("expiry").oneOf("proven", "unproven");
  if (discharges && (limiting !== "proven" || expiry !== "proven"))
    r.at("dischargeMaMax").fault(
      "needs limiting and expiry proven: a car would go on giving back with nobody watching",
    );
  return {
    id: r.at("id").text(NAME_CHARS_MAX) as OutletId,
    station: station.ok ? station.value : ("" as Outlet["station"]),
    evse: r.at("evse").whole(1, 1_000) as EvseId,
    fuse: r.at("fuse").text(NAME_CHARS_MAX) as FuseId,
    wiring: wiringOf(r.at("wiring")),
    ratedMa,
    minMa,
    steps,
    safeMa,
    limiting,
    // Whoever could take a grant back may be dead: its end is what brings the mode that nobody decides.
    ttlMs: r.at("ttlMs").number(60_000, modeRow("default").entryDeadlineMs),
    expiry,
    respondsMs: r.at("respondsMs").number(0, 60_000),
    switchesPhases: r.at("switchesPhases").boolean(),
    ...r.optional("dischargeMaMax", (most) => most.number(0, ratedMa)),
  };
}

function stepsOf(r: DocumentReader): Steps {
  if (r.at("kind").oneOf("every", "list") === "every") {
    r.object("kind", "stepMa");
    return { kind: "every", stepMa: r.at("stepMa").number(1, 10_000) };
  }
  r.object("kind", "ma");
  return {
    kind: "list",
    ma: r
      .at("ma")
      .list(100)
      .map((step) => current(step)),
  };
}

function loadOf(r: DocumentReader): Load {
  r.object("id", "fuse", "highestMa", "riseMa");
  return {
    id: r.at("id").text(NAME_CHARS_MAX) as LoadId,
    fuse: r.at("fuse").text(NAME_CHARS_MAX) as FuseId,
    highestMa: perPhaseOf(r.at("highestMa")),
    ...r.optional("riseMa", perPhaseOf),
  };
}

function sourceOf(r: DocumentReader): Source {
  const placed = {
    id: r.at("id").text(NAME_CHARS_MAX) as SourceId,
    fuse: r.at("fuse").text(NAME_CHARS_MAX) as FuseId,
    wiring: wiringOf(r.at("wiring")),
  };
  if (r.at("kind").oneOf("solar", "battery") === "battery") return { ...placed, ...batteryOf(r) };
  r.object("kind", "id", "fuse", "wiring", "feedWMax", "revert");
  return {
    kind: "solar",
    ...placed,
    feedWMax: r.at("feedWMax").number(0, POWER_W_MAX),
    ...r.optional("revert", revertOf),
  };
}

function batteryOf(r: DocumentReader): Omit<Battery, "id" | "fuse" | "wiring"> {
  r.object(
    ...["kind", "id", "fuse", "wiring", "chargeWMax", "dischargeWMax", "capacityWh", "reservePermille"],
    ...["fullPermille", "temperatureC", "rampWPerS", "deadbandW", "revert"],
  );
  const power = (name: string, min = 0) => r.at(name).number(min, POWER_W_MAX);
  const reservePermille = r.at("reservePermille").number(0, 1_000);
  const min = r.at("temperatureC").object("min", "max").at("min").number(-50, 100);
  return {
    kind: "battery",
    chargeWMax: power("chargeWMax"),
    dischargeWMax: power("dischargeWMax"),
    capacityWh: r.at("capacityWh").number(1, 1e9),
    reservePermille,
    fullPermille: r.at("fullPermille").number(reservePermille, 1_000),
    temperatureC: { min, max: r.at("temperatureC").at("max").number(min, 100) },
    rampWPerS: power("rampWPerS", 1),
    deadbandW: power("deadbandW"),
    revert: revertOf(r.at("revert")),
  };
}

const revertOf = (r: DocumentReader): Battery["revert"] =>
  r.at("kind").oneOf("proven", "unproven") === "proven"
    ? { kind: "proven", afterMs: r.object("kind", "afterMs").at("afterMs").number(1_000, HOUR_MS) }
    : { kind: "unproven" };

function meterOf(r: DocumentReader): Meter {
  r.object("id", "fuse", "staleMs", "frozenMs");
  return {
    id: r.at("id").text(NAME_CHARS_MAX) as MeterId,
    fuse: r.at("fuse").text(NAME_CHARS_MAX) as FuseId,
    staleMs: r.at("staleMs").number(500, 30_000),
    frozenMs: r.at("frozenMs").number(1_000, HOUR_MS),
  };
}

function wiringOf(r: DocumentReader): Wiring {
  const wiring = r.list(3).map((phase): Phase => phase.oneOf(...PHASES));
  if (wiring.length === 0 || new Set(wiring).size !== wiring.length)
    r.fault("is not one to three different phases");
  return wiring;
}

function perPhaseOf(r: DocumentReader): PerPhase {
  const values = r.list(3).map((value) => current(value));
  if (values.length !== 3) r.fault("is not three currents, for L1, L2 and L3");
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
}

type Note = (path: string, sentence: string) => void;

function checkIds(site: Site, note: Note): void {
  for (const kind of ["fuses", "outlets", "loads", "sources", "meters"] as const) {
    const seen = new Set<string>();
    site[kind].forEach(({ id }, i) => {
      if (seen.has(id)) note(`${kind}[${i}].id`, `'${id}' is there twice`);
      seen.add(id);
    });
  }
  const fuses = new Set(site.fuses.map(({ id }) => id));
  for (const kind of ["outlets", "loads", "sources", "meters"] as const) {
    site[kind].forEach(({ fuse }, i) => {
      if (!fuses.has(fuse)) note(`${kind}[${i}].fuse`, `there is no fuse '${fuse}'`);
    });
  }
  const places = new Map<string, number>();
  site.outlets.forEach(({ station, evse }, i) => {
    const place = `EVSE ${evse} of station '${station}'`;
    const other = places.get(place);
    if (other === undefined) places.set(place, i);
    else note(`outlets[${i}].evse`, `${place} is that of outlets[${other}] already: one outlet each`);
  });
  const metered = new Set<FuseId>();
  site.meters.forEach(({ fuse }, i) => {
    if (metered.has(fuse)) note(`meters[${i}].fuse`, `'${fuse}' has a meter already`);
    metered.add(fuse);
  });
}

function checkTree({ fuses }: Site, note: Note): void {
  const byId = new Map(fuses.map((fuse) => [fuse.id, fuse]));
  const tops = fuses.filter(({ parent }) => parent === undefined);
  if (tops.length !== 1)
    note("fuses", `${tops.length} have no parent; one must, and it is the grid connection`);
  fuses.forEach((fuse, i) => {
    if (fuse.parent === undefined) return;
    const parent = byId.get(fuse.parent);
    if (parent === undefined) note(`fuses[${i}].parent`, `there is no fuse '${fuse.parent}'`);
    else if (fuse.ratedMa > parent.ratedMa)
      note(`fuses[${i}].ratedMa`, `is above that of its parent '${parent.id}': it would never protect`);
    let up: Fuse | undefined = fuse;
    for (let steps = 0; up !== undefined && steps <= fuses.length; steps++)
      up = up.parent === undefined ? undefined : byId.get(up.parent);
    if (up !== undefined) note(`fuses[${i}].parent`, "leads in a circle");
  });
}

/** What each fuse and phase carries with no controller at all, printed by the bundle's compiler. Milliamperes. */
export type SafeSum = { readonly fuse: FuseId; readonly safeMa: PerPhase; readonly roomMa: PerPhase };

/** Σ of the safe defaults against what the worst of everything else leaves. */
export function safeSums(site: Site): {
  readonly sums: readonly SafeSum[];
  readonly withoutPower: readonly OutletId[];
} {
  const tree = fuseTree(site);
  const rooms = safeTotals(tree);
  const used: number[] = rooms.map(() => 0);
  for (const outlet of site.outlets) {
    const ma = everyWired(outlet.wiring, withoutController(outlet));
    for (const node of tree.pathOf(tree.indexOf(outlet.fuse)))
      for (let phase = 0; phase < 3; phase++) used[rowOf(node, phase)]! += ma[phase]!;
  }
  return {
    sums: site.fuses.map(({ id }, i) => ({ fuse: id, safeMa: rowsOf(used, i), roomMa: rowsOf(rooms, i) })),
    withoutPower: site.outlets
      .filter(({ safeMa, limiting }) => safeMa === 0 && limiting !== "none")
      .map(({ id }) => id),
  };
}

function checkSafeSums(site: Site, note: Note): void {
  safeSums(site).sums.forEach(({ safeMa, roomMa }, i) => {
    const phase = safeMa.findIndex((ma, p) => ma > roomMa[p]!);
    if (phase >= 0)
      note(
        `fuses[${i}]`,
        `is overloaded on ${PHASES[phase]} with no controller at all: safe defaults, and ratings where limiting is none, of ${Math.ceil(safeMa[phase]!)} mA, room for ${Math.floor(roomMa[phase]!)} mA`,
      );
  });
}
