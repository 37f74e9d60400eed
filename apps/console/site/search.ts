/** What is chosen on a site's page, as it stands in the address. What cannot be read is as if it were not there. */
import type { NeedRow } from "../api/shapes.ts";
import { readNowSearch } from "../now/search.ts";
import { type StationState, stationStates } from "../stations/state.ts";

export const spansMinutes = [30, 60] as const;
export type SpanMinutes = (typeof spansMinutes)[number];
export const defaultSpan: SpanMinutes = 60;

export type SiteSearch = {
  readonly minutes?: SpanMinutes | undefined;
  readonly state?: StationState | undefined;
  /** Of which kind of need all are shown. */
  readonly all?: NeedRow["kind"] | undefined;
};

export function readSiteSearch(given: Record<string, unknown>): SiteSearch {
  const minutes = spansMinutes.find((span) => span === Number(given.minutes));
  const state = stationStates.find((word) => word === given.state);
  return {
    ...(minutes === undefined || minutes === defaultSpan ? {} : { minutes }),
    ...(state === undefined ? {} : { state }),
    ...readNowSearch(given),
  };
}
