/**
 * What the site keeps of one managed station, one file each in `state/charging/`, replaced whole: its open sessions, how its model is
 * limited, whether the safe default was written, and what the CSMS set. Writes are one at a time and take along what came meanwhile.
 */
import type { Disk, Log, StationId } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { isCount, keep, readKept } from "../state/kept.ts";
import { type CsmsProfile, readCsmsProfile } from "./csms-profile.ts";
import { type Fields, fieldsOf, listIn, numberIn, objectIn, textIn } from "./fields.ts";
import { CSMS_PROFILES_MAX, GRANT_MA_MAX, SESSIONS_MAX } from "./limits.ts";
import { isAnother, keptNameplate, type Nameplate } from "./nameplate.ts";
import { NEED_MAX } from "./needs.ts";
import type { Unit } from "./profile.ts";
import type { KeptSession } from "./session.ts";

/** How a model is limited, best first; `none`: nothing does, and its rating is always budgeted. */
export const WAYS = ["tx", "tx-default", "max", "dynamic", "none"] as const;
export type Way = (typeof WAYS)[number];

export type Learnt = {
  readonly way: Way;
  readonly unit: Unit;
  /** It takes a number of phases with a limit. */
  readonly saysPhases: boolean;
  /** Its composite schedule showed grant and end; absent: not yet, or it does not tell. */
  readonly provenWallMs?: number | undefined;
};

export type BookPage = {
  version?: OcppVersion | undefined;
  /** As it named itself at its last boot. */
  nameplate?: Nameplate | undefined;
  learnt: Learnt;
  /** Where it may have been granted anything. */
  evses: readonly number[];
  /** The safe default as it was written last, mA; absent: never, by this site. */
  safeMa?: number | undefined;
  /** What carries it; absent: `tx-default`. */
  safeBy?: "max" | undefined;
  sessions: readonly KeptSession[];
  /** When they were kept last, by the site's clock: every `SAVED_EVERY_MS` while there are any. */
  aliveWallMs?: number | undefined;
  csms: readonly CsmsProfile[];
  /** Transactions whose drivers asked for priority (2.1 K21). */
  priority: readonly string[];
};

const usualManners: Learnt = { way: "tx", unit: "A", saysPhases: true };

/** The characters of a station id are fit for a file name, and what stands before them keeps it from being "..". */
export const bookPath = (station: StationId): string => `state/charging/station-${station}.json`;

type BookPorts = {
  readonly disk: Disk;
  readonly log: Log;
  /** A disk that fails otherwise than by being full: the process must end. */
  fatal(error: Error): void;
};

export class Book {
  readonly page: BookPage;
  private readonly ports: BookPorts;
  private readonly path: string;
  private writing: Promise<boolean> | undefined;
  private waiting: Promise<boolean> | undefined;

  private constructor(ports: BookPorts, path: string, page: BookPage) {
    this.ports = ports;
    this.path = path;
    this.page = page;
  }

  static async open(ports: BookPorts, station: StationId): Promise<Book> {
    const path = bookPath(station);
    const kept = await readKept(ports.disk, ports.log, { path, parse: pageOf });
    return new Book(
      ports,
      path,
      kept ?? { learnt: usualManners, evses: [], sessions: [], csms: [], priority: [] },
    );
  }

  /** Keeps how it named itself; true: it is another one than before, and what was learnt and written is forgotten. */
  names(nameplate: Nameplate): boolean {
    const { nameplate: before = {} } = this.page;
    const another = isAnother(nameplate, before);
    const kept = another ? nameplate : { ...before, ...nameplate };
    if (JSON.stringify(kept) === JSON.stringify(before)) return false;
    this.page.nameplate = kept;
    if (another) this.forget();
    void this.save();
    return another;
  }

  /** Of a station of which nothing is known, and to which nothing was written. */
  forget(): void {
    Object.assign(this.page, { learnt: usualManners, safeMa: undefined, safeBy: undefined });
  }

  /** Resolves once the page is durable as it is now; false where the disk is full. */
  save(): Promise<boolean> {
    if (this.writing === undefined) return (this.writing = this.write());
    return (this.waiting ??= this.writing.then(() => {
      this.waiting = undefined;
      return (this.writing = this.write());
    }));
  }

  private async write(): Promise<boolean> {
    try {
      return await keep(this.ports.disk, this.ports.log, this.path, this.page);
    } catch (error) {
      this.ports.fatal(error instanceof Error ? error : new Error(String(error)));
      return false;
    } finally {
      if (this.waiting === undefined) this.writing = undefined;
    }
  }
}

function pageOf(value: unknown): BookPage | undefined {
  const fields = fieldsOf(value);
  if (fields.size === 0) return undefined;
  const version = ocppVersions.find((one) => one === fields.get("version"));
  return {
    version,
    nameplate: keptNameplate(objectIn(fields, "nameplate")),
    learnt: learntOf(objectIn(fields, "learnt")),
    evses: listIn(fields, "evses").filter(isCount),
    safeMa: numberIn(fields, "safeMa"),
    safeBy: fields.get("safeBy") === "max" ? "max" : undefined,
    sessions: listIn(fields, "sessions").map(fieldsOf).flatMap(sessionOf).slice(0, SESSIONS_MAX),
    aliveWallMs: numberIn(fields, "aliveWallMs"),
    csms: listIn(fields, "csms").flatMap(readCsmsProfile).slice(0, CSMS_PROFILES_MAX),
    priority: listIn(fields, "priority").filter((one) => typeof one === "string"),
  };
}

const learntOf = (fields: Fields): Learnt => ({
  way: WAYS.find((way) => way === fields.get("way")) ?? "tx",
  unit: textIn(fields, "unit") === "W" ? "W" : "A",
  saysPhases: fields.get("saysPhases") !== false,
  provenWallMs: numberIn(fields, "provenWallMs"),
});

/** As sessions take them from stations; an instant as far as a date goes. */
const MOST: Readonly<Record<string, number>> = {
  energyWh: NEED_MAX,
  departureWallMs: 8.64e15,
  carMa: Number.MAX_VALUE,
  dischargeWMax: NEED_MAX,
};

function sessionOf(fields: Fields): KeptSession[] {
  const transaction = fields.get("transaction");
  const evse = numberIn(fields, "evse");
  const sinceWallMs = numberIn(fields, "sinceWallMs");
  if (
    (typeof transaction !== "number" && typeof transaction !== "string") ||
    evse === undefined ||
    sinceWallMs === undefined
  )
    return [];
  const needs = objectIn(fields, "needs");
  // Somebody's hand, or a failing disk: what no session can need, or was ever granted, was not kept by this site.
  const number = (name: string) => {
    const found = Math.round(numberIn(needs, name) ?? -1);
    return found < 0 || found > MOST[name]! ? {} : { [name]: found };
  };
  const mostMa = numberIn(fields, "mostMa");
  const givenWh = numberIn(fields, "givenWh") ?? -1;
  const keepsWh = numberIn(needs, "keepsWh") ?? Number.POSITIVE_INFINITY;
  return [
    {
      ...{ transaction, evse, sinceWallMs },
      fromWh: numberIn(fields, "fromWh"),
      registerWh: numberIn(fields, "registerWh"),
      remoteStartId: numberIn(fields, "remoteStartId"),
      mostMa: mostMa !== undefined && mostMa >= 0 && mostMa <= GRANT_MA_MAX ? mostMa : undefined,
      ...(givenWh >= 0 && givenWh <= NEED_MAX && { givenWh }),
      exportWh: numberIn(fields, "exportWh"),
      needs: {
        ...(Math.abs(keepsWh) <= NEED_MAX && { keepsWh }),
        ...number("energyWh"),
        ...number("departureWallMs"),
        ...number("carMa"),
        ...number("dischargeWMax"),
      },
    },
  ];
}
