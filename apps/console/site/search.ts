/** What is chosen on a site's page, as it stands in the address. What cannot be read is as if it were not there. */
import type { NeedRow } from "../api/shapes.ts";
import { readNowSearch } from "../now/search.ts";
import { type StationState, stationStates } from "../stations/state.ts";
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const spansMinutes = [30, 60] as const;
export type SpanMinutes = (typeof spansMinutes)[number];
export const defaultSpan: SpanMinutes = 60;

/** Parts of a site's page; only a site whose energy is managed has more than the first and the last. */
export const siteTabs = ["overview", "fuses", "history", "guard", "document"] as const;
export type SiteTab = (typeof siteTabs)[number];

const outletColumnIds = ["outlet", "standing", "granted", "observed", "may", "fuse", "reason"] as const;
const dayColumnIds = [
  ...["day", "cars", "building", "solar", "import", "peak", "export", "kept", "own", "cost", "measured"],
] as const;
const refusalColumnIds = [...["at", "what", "why", "answer", "times"]] as const;
/** Of the plan and what happened: how much of both is shown. */
export const planRanges = ["1h", "6h", "24h", "36h"] as const;
export type PlanRange = (typeof planRanges)[number];
const dayRanges = ["month", "quarter"] as const;

/** Longer than any name of a fuse or client. */
const NAME_CHARS_MAX = 128;

export type SiteSearch = TableSearch & {
  readonly minutes?: SpanMinutes | undefined;
  readonly state?: StationState | undefined;
  /** Of which kind of need all are shown. */
  readonly all?: NeedRow["kind"] | undefined;
  readonly part?: Exclude<SiteTab, "overview"> | undefined;
  /** Whose outlets alone are listed. */
  readonly fuse?: string | undefined;
  /** Whose refusals alone are listed. */
  readonly client?: string | undefined;
  /** Days of energy that are shown; a week where it is not there. */
  readonly days?: (typeof dayRanges)[number] | undefined;
  /** Of the plan and what happened; by how much has happened where it is not there. */
  readonly plan?: PlanRange | undefined;
  /** Sequence of the refusal that is open. */
  readonly refusal?: number | undefined;
};

export function readSiteSearch(given: Record<string, unknown>): SiteSearch {
  const minutes = spansMinutes.find((span) => span === Number(given.minutes));
  const state = stationStates.find((word) => word === given.state);
  const part = siteTabs.slice(1).find((word) => word === given.part);
  const refusal = Number(given.refusal);
  return {
    ...readTableSearch(given, [...outletColumnIds, ...dayColumnIds, ...refusalColumnIds]),
    ...(minutes === undefined || minutes === defaultSpan ? {} : { minutes }),
    ...(state === undefined ? {} : { state }),
    ...readNowSearch(given),
    ...pair("part", part),
    ...pair("fuse", nameIn(given.fuse)),
    ...pair("client", nameIn(given.client)),
    ...pair(
      "days",
      dayRanges.find((word) => word === given.days),
    ),
    ...pair(
      "plan",
      planRanges.find((word) => word === given.plan),
    ),
    ...pair("refusal", Number.isSafeInteger(refusal) && refusal > 0 ? refusal : undefined),
  };
}

const pair = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });
const nameIn = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value).slice(0, NAME_CHARS_MAX) || undefined;
