/** What needs somebody and what is going on everywhere, in English. */
import type { NeedRow } from "../../api/shapes.ts";
import { commandActions, commandEnds, named, plural, reviewWords, spaced } from "../en-codes.ts";

type Kind = NeedRow["kind"];

const sessions = (count: number) => plural(count, "running session", "running sessions");
const stations = (count: number) => plural(count, "station", "stations");

/** `Reset refused`, as the CSMS puts what became of a command. */
function commandEnd(words: string | null): string {
  const [action = "", state = ""] = (words ?? "").split(" ");
  const name = named(commandActions, action) ?? spaced(action);
  return `command “${name}” ${named(commandEnds, state) ?? "did not happen"}`;
}

export const now = {
  title: "Now",
  well: "All well. Nothing needs you.",
  /** Of each weight how many, the gravest first. */
  verdict: (danger: number, attention: number, waits: number) => {
    const parts = [
      danger > 0 ? `${plural(danger, "thing", "things")} cannot wait` : "",
      attention > 0 ? `${attention} ${attention === 1 ? "needs" : "need"} a look` : "",
      waits > 0 ? `${waits} ${waits === 1 ? "waits" : "wait"} for somebody` : "",
    ].filter((part) => part !== "");
    const first = parts[0] ?? "";
    if (danger === 0) {
      const count = attention > 0 ? attention : waits;
      parts[0] = first.replace(/^\d+/, plural(count, "thing", "things"));
    }
    return `${parts.join(", ")}.`;
  },
  badge: (count: number) => `${plural(count, "thing needs", "things need")} you`,
  badgeSaid: "need you",

  needs: "Needs you",
  weight: { danger: "cannot wait", attention: "needs a look", waits: "waits for somebody" } satisfies Record<
    NeedRow["weight"],
    string
  >,
  ends: (span: string) => `in ${span}`,
  overdue: "over",
  more: (count: number) => `${count} more like this`,
  fewer: "Show fewer",
  firstOf: (shown: number, all: number) => `The first ${shown} of ${all}`,
  trouble: "Central system",

  /** What is so with its subject, which stands before it. */
  need: {
    "storage-low": () => "is nearly full. The message log is given up first, sessions last.",
    "node-lost": ({ concerned }) =>
      concerned === 0
        ? "died. The other nodes go on without it."
        : `died. Its ${stations(concerned)} ${concerned === 1 ? "goes" : "go"} over to the other nodes.`,
    "site-offline": ({ concerned }) =>
      concerned === 0
        ? "has no link to here."
        : `has no link to here. What its ${stations(concerned)} ${concerned === 1 ? "does" : "do"} is not known until it is back.`,
    "site-fallback": ({ words }) =>
      words === "default"
        ? "has no controller: its stations charge by their safe defaults"
        : "has no energy controller: its cars take turns at the minimum",
    "site-conservative": () => "has no meter that it trusts: it charges below its highest declared load",
    "site-silent": () => "has its link, and has stopped telling of its energy",
    "connector-faulted": ({ evse, words }) =>
      `reports a fault${evse === null || evse === 0 ? "" : ` on EVSE ${evse}`}${words === null || words === "NoError" ? "" : `: ${spaced(words).toLowerCase()}`}`,
    "station-offline": ({ concerned }) =>
      `is offline${concerned === 0 ? "" : `, with ${sessions(concerned)}`}`,
    "station-deaf": ({ concerned }) =>
      `is connected but answers no command${concerned === 0 ? "" : `; ${plural(concerned, "waits", "wait")}`}`,
    "station-silent": ({ concerned }) =>
      `is connected but says nothing${concerned === 0 ? "" : `, with ${sessions(concerned)}`}`,
    "message-set-aside": ({ concerned }) =>
      `sent ${plural(concerned, "message", "messages")} about sessions that could not be read`,
    "session-review": ({ concerned, words }) => {
      const why = (words ?? "").split(",").map((code) => named(reviewWords, code) ?? spaced(code));
      const what = `${plural(concerned, "session", "sessions")} to look at before billing`;
      return why[0] === "" ? `has ${what}` : `has ${what}: ${why[0]}`;
    },
    "command-failed": ({ words }) => `${commandEnd(words)}`,
    "dispensation-ending": () => "may use a weaker security profile only a while longer",
    "site-behind": () => "has not taken up its newest configuration",
    "site-clock": () => "does not know the time: check its time source",
    "station-pending": ({ words }) => `waits to be accepted${words === null ? "" : ` (serial ${words})`}`,
    "site-waiting": ({ concerned }) =>
      `has never opened its link${concerned === 0 ? "" : `; ${stations(concerned)} ${concerned === 1 ? "waits" : "wait"} behind it`}`,
  } satisfies Record<Kind, (need: NeedRow) => string>,
  /** The subject where it is neither a station nor a site. */
  subject: { "storage-low": "The disk", "node-lost": (id: string | null) => `Node ${id ?? "?"}` },

  next: {
    site: "Open the site",
    station: "Open the station",
    sessions: "See the sessions",
    messages: "See its messages",
    command: "See the command",
    dispensations: "See dispensations",
    settings: "See what is kept",
    nodes: "See the stations",
    accept: "Decide on it",
  },

  power: "Power now",
  powerOf: (told: number) => `to ${plural(told, "session", "sessions")}`,
  powerUnlinked: (power: string) => `${power} of it last told by sites without link`,
  powerNone: "No session tells its power",
  powerIdle: "No session runs",
  powerDark: (count: number) => `${plural(count, "session tells", "sessions tell")} no power`,
  old: (age: string) => `${age} old`,
  sessions: "Sessions",
  open: "running",
  begun: (count: number) => (count === 0 ? "None begun today" : `${count} begun today`),
  energy: "Energy today",
  sinceMidnight: "Since midnight",
  energyNone: "No meter has told yet",
  stations: "Stations",
  ofStations: (all: number) => `of ${all}`,
  allConnected: "All connected",
  notConnected: (count: number) => `${count} not connected`,
  noStations: "None yet",

  happened: "What happened",
  nothingHappened: "Nothing yet",

  sites: "Sites",
  allSites: (count: number) => `All ${count} sites`,
  withoutSite: "Without a site",
  direct: "Connected directly",
  linked: "Linked",
  unlinked: "No link",
  unlinkedHelp:
    "A site that runs goes on by itself without its link, and reports later. Whether it runs cannot be seen from here.",
  asLastTold: "as last told",
  neverLinked: "Never linked",
  siteStations: (connected: number, all: number) =>
    all === 0 ? "No station" : connected === all ? stations(all) : `${connected} of ${stations(all)}`,
  siteSessions: (count: number) => (count === 0 ? "no session" : plural(count, "session", "sessions")),
  siteEnergy: (energy: string) => `${energy} today`,
  lastHour: "Power over the last hour",
  most: (power: string) => `last hour up to ${power}`,
  noHistory: "No power in the last hour",
};
