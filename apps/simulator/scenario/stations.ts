/** The stations of a plan: those that the scenario describes, and those that its file of sessions names besides. */

import type { Session } from "@wattward/energy/sessions";
import { type StationId, stationId } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import type { PhaseCount } from "../car/car.ts";
import { type Need, seat } from "../sessions/seats.ts";
import { readSettings, type SettingValues } from "../station/settings.ts";
import type { StationOptions } from "../station/station.ts";
import type { Complain } from "./reading.ts";
import { EVSES_MAX, type KindWords, type ScenarioWords, STATIONS_MAX } from "./shape.ts";

/** How a station reaches its central system, as the scenario says it; files are read by adapters. */
export type ConnectionWords = Pick<
  KindWords,
  "url" | "connect" | "securityProfile" | "identity" | "passwordFile" | "ca"
>;
export type PlannedStation = { readonly options: StationOptions; readonly connection: ConnectionWords };

/** What a car of a file of sessions takes, where its energy does not need more: 32 A at 208 V, and a little. */
export const SESSION_CAR_KW = 7;
const MAX_KW = 22;
/** Above this speed the firmware looks less often, and values that come every second are not told. */
const HASTE = 10;

type Ports = { readonly complain: Complain; readonly notes: string[]; readonly speed: number };

export function planStations(
  words: ScenarioWords,
  sessions: readonly Session[],
  ports: Ports,
): PlannedStation[] {
  const described = (words.stations ?? []).flatMap(({ id, ...kind }, i) => {
    const path = ["stations", i] as const;
    const ids = idsOf(id, (sentence) => ports.complain([...path, "id"], sentence));
    return ids.map((each) =>
      planned(
        each,
        { ...words.defaults, ...kind, settings: { ...words.defaults?.settings, ...kind.settings } },
        path,
        ports,
      ),
    );
  });
  const twice = described.find(
    ({ options }, i) => described.findIndex((each) => each.options.id === options.id) < i,
  );
  if (twice !== undefined) ports.complain(["stations"], `the station '${twice.options.id}' is there twice.`);
  const replayed = sessionStations(words, sessions, described, ports);
  const stations = [...described, ...replayed];
  if (stations.length > STATIONS_MAX)
    ports.complain(
      ["stations"],
      `these are ${stations.length} stations; at most ${STATIONS_MAX} run at once.`,
    );
  return stations;
}

/** Those of the file that nobody described; those that were must be able to do what they did. */
function sessionStations(
  words: ScenarioWords,
  sessions: readonly Session[],
  described: readonly PlannedStation[],
  ports: Ports,
): PlannedStation[] {
  const { needs } = seat(sessions, (words.sessions?.carKw ?? SESSION_CAR_KW) * 1000);
  const versions = words.sessions?.versions ?? [words.defaults?.version ?? "2.0.1"];
  const known = new Map(described.map(({ options }) => [options.id, options]));
  return [...needs].flatMap(([id, need], i) => {
    const path = ["sessions"] as const;
    if (need.evses > EVSES_MAX) {
      ports.complain(
        path,
        `${need.evses} sessions overlap at '${id}'; a station has at most ${EVSES_MAX} EVSEs.`,
      );
      return [];
    }
    const own = known.get(id);
    if (own !== undefined) {
      hold(own, need, (sentence) => ports.complain(path, sentence));
      return [];
    }
    if (need.evses > 1)
      ports.notes.push(`sessions overlap at ${id}: it is simulated with ${need.evses} EVSEs`);
    const maxKw = words.defaults?.maxKw ?? Math.max(MAX_KW, Math.ceil(need.mostW / 1000));
    const kind = {
      ...words.defaults,
      evses: need.evses,
      maxKw,
      version: versions[i % versions.length] as OcppVersion,
    };
    const station = planned(id, kind, path, ports);
    hold(station.options, need, (sentence) => ports.complain(path, sentence));
    return [station];
  });
}

function hold({ evses, id, maxW }: StationOptions, need: Need, complain: (sentence: string) => void): void {
  if (need.evses > evses) complain(`${need.evses} sessions overlap at '${id}', which has ${evses} EVSEs.`);
  if (need.mostW > maxW) {
    complain(
      `a session at '${id}' needs ${(need.mostW / 1000).toFixed(1)} kW to take its energy in time; it gives ${maxW / 1000}.`,
    );
  }
}

function planned(
  id: StationId,
  kind: KindWords,
  path: readonly (string | number)[],
  ports: Ports,
): PlannedStation {
  const {
    connect,
    ca,
    evses = 1,
    identity,
    maxKw = MAX_KW,
    passwordFile,
    securityProfile,
    url,
    version,
    ...make
  } = kind;
  if (version === undefined) ports.complain(path, `'version' is missing: ${ocppVersions.join(", ")}.`);
  const { speed } = ports;
  const behaviour = makeOf(make, ({ name, sentence }) =>
    ports.complain([...path, "settings", name], sentence),
  );
  const usual: SettingValues = {
    sampleS: 60,
    ...(speed > 1 && { pingS: 60 }),
    ...(speed > HASTE && { streamS: 0 }),
  };
  return {
    options: {
      id,
      version: version ?? "2.0.1",
      evses,
      maxW: maxKw * 1000,
      pathPrefix: "",
      ...behaviour,
      settings: { ...usual, ...behaviour.settings },
      ...(speed > HASTE && { lookMs: HASTE * 1000 }),
    },
    connection: {
      ...(url !== undefined && { url }),
      ...(connect !== undefined && { connect }),
      ...(securityProfile !== undefined && { securityProfile }),
      ...(identity !== undefined && { identity }),
      ...(passwordFile !== undefined && { passwordFile }),
      ...(ca !== undefined && { ca }),
    },
  };
}

export type MakeWords = Pick<
  KindWords,
  | "serialNumber"
  | "vendor"
  | "model"
  | "firmware"
  | "afterOutage"
  | "repeatUnder"
  | "queueMax"
  | "overloaded"
  | "bidirectional"
  | "clockBattery"
  | "phases"
  | "stepA"
  | "respondsS"
  | "settings"
>;
export type Make = Omit<Partial<StationOptions>, "settings"> & { readonly settings: SettingValues };

/** Words that have their shape, as options of a station. A setting of the wrong kind is complained of. */
export function makeOf(
  { firmware, model, phases, respondsS, settings = {}, stepA, vendor, ...rest }: MakeWords,
  complain: (fault: { readonly name: string; readonly sentence: string }) => void,
): Make {
  const read = readSettings(settings);
  if (!read.ok) complain(read.fault);
  const made = { ...(firmware && { firmware }), ...(model && { model }), ...(vendor && { vendor }) };
  const build = {
    ...(phases !== undefined && { phases: phases as PhaseCount }),
    ...(stepA !== undefined && { stepMa: stepA * 1000 }),
    ...(respondsS !== undefined && { respondsMs: respondsS * 1000 }),
  };
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...given, made, build, settings: read.ok ? read.value : {} };
}

const RANGE = /^(.*)\{(\d{1,6})\.\.(\d{1,6})\}(.*)$/;

/** One id, or as many as its range has: `CP-{01..12}`. Numbers have as many digits as the first is written with. */
function idsOf(text: string, complain: (sentence: string) => void): StationId[] {
  const [, before = "", first = "", last = "", after = ""] = RANGE.exec(text) ?? [];
  const from = Number(first);
  const count = first === "" ? 1 : Number(last) - from + 1;
  if (count < 1 || count > STATIONS_MAX) {
    complain(`'${text}' is a range of ${count} stations; 1 to ${STATIONS_MAX} can be.`);
    return [];
  }
  const ids = Array.from({ length: count }, (_, i) =>
    first === "" ? text : `${before}${String(from + i).padStart(first.length, "0")}${after}`,
  );
  const read = ids.map((id) => stationId(id));
  const wrong = read.find((each) => !each.ok);
  if (wrong !== undefined && !wrong.ok) complain(wrong.fault.sentence);
  return read.flatMap((each) => (each.ok ? [each.value] : []));
}
