/**
 * Where the next step is. A need may name a place that this console does not have: then the nearest that it has, which
 * is the station, the site, or the table of stations. Pure.
 */
import type { NeedRow } from "../api/shapes.ts";
import { words } from "../strings/en.ts";

export type NextStep = {
  readonly to: string;
  readonly search: Readonly<Record<string, unknown>>;
  readonly text: string;
};
/** Whether a path of the router is there, such as `/stations/$station`. */
export type HasPath = (path: string) => boolean;

const part = encodeURIComponent;

export function nextStep(need: NeedRow, has: HasPath): NextStep {
  const say = words.now.next;
  const { station, site, next } = need;
  switch (next.place) {
    case "sessions":
      if (has("/sessions") && station !== null) {
        return { to: "/sessions", search: { review: "yes", find: station }, text: say.sessions };
      }
      break;
    case "dispensations":
      if (has("/dispensations")) return { to: "/dispensations", search: {}, text: say.dispensations };
      break;
    case "settings":
      if (has("/settings")) return { to: "/settings", search: {}, text: say.settings };
      break;
    case "nodes":
      return { to: "/stations", search: {}, text: say.nodes };
    case "command":
    case "station":
    case "site":
      break;
  }
  if (station !== null) {
    const { to, search } = stationAddress(station, site, has);
    const tab = has("/stations/$station") ? tabOf(need) : {};
    return { to, search: { ...search, ...tab }, text: textOf(need) };
  }
  if (site !== null) return { to: `/sites/${part(site)}`, search: {}, text: say.site };
  return { to: "/stations", search: {}, text: say.nodes };
}

/** A station's own page; else its place at its site; else where it is found in the table. */
export function stationAddress(
  station: string,
  site: string | null,
  has: HasPath,
): Pick<NextStep, "to" | "search"> {
  if (has("/stations/$station")) return { to: `/stations/${part(station)}`, search: {} };
  if (site !== null) return { to: `/sites/${part(site)}/stations/${part(station)}`, search: {} };
  return { to: "/stations", search: { find: station } };
}

/** The part of a station's page that is about it. */
function tabOf({ kind }: NeedRow): { readonly tab?: string } {
  if (kind === "command-failed" || kind === "station-deaf") return { tab: "commands" };
  return kind === "message-set-aside" ? { tab: "repairs" } : {};
}

function textOf({ kind }: NeedRow): string {
  const say = words.now.next;
  if (kind === "command-failed") return say.command;
  if (kind === "message-set-aside") return say.messages;
  return kind === "station-pending" ? say.accept : say.station;
}
