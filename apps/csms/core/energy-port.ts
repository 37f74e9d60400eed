/**
 * Decisions and queries about sites' energy (core/port.ts has all others): what people write of a site, prices, and what sites tell.
 * Energy is Wh, power W, money thousandths of a cent, all whole numbers; unknown is null or absent, never zero.
 */
import type { EnergyQuarter } from "@wattward/energy";
import type { JsonObject, SiteId } from "@wattward/kernel";
import type { DocumentCheck } from "../energy/check-document.ts";

export type EnergyDecisions = {
  /** A new version of a site's document, checked before (energy/check-document.ts). */
  "energy.set": { input: EnergyChange; output: EnergyChanged };
  /** Prices from then on: put into those that are known, where steps fit; else in their place. */
  "energy.prices": {
    input: PricesTold;
    output: { kind: "set"; fromMs: number; steps: number } | { kind: "unknown-site" };
  };
  /** A site has no prices of its own any more: the fleet's hold there. */
  "energy.prices-drop": {
    input: { site: SiteId; actor: string; atMs: number };
    output: { kind: "dropped" } | { kind: "none" } | { kind: "unknown-site" };
  };
  /** What everything controlled at a site may take together, for a time; null: no more. `reason` is kept with it. */
  "energy.limit": {
    input: {
      site: SiteId;
      limit: { readonly limitW: number; readonly untilMs: number } | null;
      actor: string;
      reason: string;
      atMs: number;
    };
    output: { kind: "set" } | { kind: "unknown-site" } | { kind: "unmanaged" };
  };
  /** Quarters of an hour that a site told; each kept once, however often it is told. */
  "site.quarters": {
    input: { site: SiteId; quarters: readonly EnergyQuarter[]; atMs: number };
    output: QuartersTaken;
  };
};

export type EnergyQueries = {
  /** Undefined for a site that there is not. `version`: that one; else the newest. */
  "energy.document": {
    input: { site: SiteId; version?: number };
    output: { readonly document: EnergyDocumentRow | null } | undefined;
  };
  /** Newest first; go on with the last one's version. */
  "energy.versions": {
    input: { site: SiteId; beforeVersion?: number; most: number };
    output: readonly EnergyVersionRow[] | undefined;
  };
  /** Of a document against the inventory as it is now. To read a text of hundreds of kilobytes takes seconds: not beside the sockets. */
  "energy.check": { input: { site: SiteId; text: string }; output: DocumentCheck };
  /** That begin at `fromMs` or later and before `toMs`, in order. */
  "energy.quarters": {
    input: { site: SiteId; fromMs: number; toMs: number };
    output: readonly QuarterRow[] | undefined;
  };
  /** Newest first; go on with the last one's seq. */
  "energy.modes": {
    input: { site: SiteId; beforeSeq?: number; most: number };
    output: readonly ModeChangeRow[] | undefined;
  };
  "energy.guard": {
    input: { site: SiteId; beforeSeq?: number; most: number };
    output: readonly GuardRow[] | undefined;
  };
  /** Undefined for a site that there is not; null: none is set, or it is over. */
  "energy.limit": {
    input: { site: SiteId; nowMs: number };
    output: { readonly limit: EnergyLimitRow | null } | undefined;
  };
  /** Of all sites that have prices of their own, and of the fleet. */
  "energy.prices": { input: undefined; output: readonly PricesRow[] };
};

export type EnergyChange = {
  readonly site: SiteId;
  /** The version that it was made from, 0 for none: another one in between, and nothing is changed. */
  readonly base: number;
  /** As written; empty: the site's energy is no longer managed. */
  readonly text: string;
  /** What it means, as JSON texts for the bundle; both absent where the text is empty. */
  readonly energy?: string;
  readonly guard?: string;
  /** Every station that the document speaks of: each must be the site's own still. */
  readonly stations: readonly string[];
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
};
export type EnergyChanged =
  | { readonly kind: "set"; readonly version: number }
  | { readonly kind: "unchanged"; readonly version: number }
  /** Somebody else was faster; `version` is theirs. */
  | { readonly kind: "conflict"; readonly version: number }
  | { readonly kind: "unknown-site" }
  /** A station left the site since it was checked. */
  | { readonly kind: "refused"; readonly station: string };

export type PricesTold = {
  /** Absent: of every site that has none of its own. */
  readonly site?: SiteId;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly milliCentPerKwh: readonly number[];
  readonly actor: string;
  readonly atMs: number;
};

export type QuartersTaken = {
  /** Every quarter of what was told that begins up to then is durable, or never will be; absent: none. */
  readonly untilWallMs?: number;
  /** So many were absurd: of another time than can be, or beyond what any site can draw. */
  readonly refused: number;
};

export type EnergyVersionRow = {
  readonly version: number;
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
  /** False: with it the site's energy is not managed. */
  readonly managed: boolean;
};
export type EnergyDocumentRow = EnergyVersionRow & {
  readonly text: string;
  /** Of the document as it was understood: energy's EnergyConfig, guard's Policy. */
  readonly energy: JsonObject | null;
  readonly guard: JsonObject | null;
};
export type StationPlace = {
  readonly station: string;
  readonly site: string | null;
  /** Past its site, `direct`, the site cannot limit it. */
  readonly route: string;
  readonly evses: readonly number[];
};
/** As a site tells it, in whole numbers. */
export type QuarterRow = Omit<EnergyQuarter, "fromWallMs" | "carsWhByMode" | "planned" | "chargePermille"> & {
  readonly fromMs: number;
  readonly carsWhByMode: Readonly<Record<string, number>>;
  readonly planned: NonNullable<EnergyQuarter["planned"]> | null;
  readonly chargePermille: number | null;
};
export type ModeChangeRow = {
  readonly seq: number;
  readonly atMs: number;
  readonly mode: string;
  readonly islanded: boolean;
  readonly reason: string;
  readonly before: string | null;
  /** none, notice or alarm. */
  readonly alert: string;
};
export type GuardRow = {
  readonly seq: number;
  readonly atMs: number;
  readonly what: string;
  /** The exchange, decoded: client, device, function, registers and values, and why. */
  readonly detail: JsonObject;
};
export type EnergyLimitRow = {
  readonly limitW: number;
  readonly untilMs: number;
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
};
export type PricesRow = {
  /** null: of every site that has none of its own. */
  readonly site: string | null;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly milliCentPerKwh: readonly number[];
  readonly toldAtMs: number;
  readonly toldBy: string;
};
