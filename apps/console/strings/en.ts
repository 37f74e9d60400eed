/**
 * Every word of the console in English, those of a place in `en/`: one such file per language, the same keys in each. Sentences say what is so and
 * what to do next; a function takes what differs.
 */
import { dialog } from "./en/dialog.ts";
import { dispensations } from "./en/dispensations.ts";
import { energyWords } from "./en/energy.ts";
import { happened } from "./en/happened.ts";
import { now } from "./en/now.ts";
import { people } from "./en/people.ts";
import { allSessions, session, sessions } from "./en/sessions.ts";
import { settings } from "./en/settings.ts";
import { power, site, stream } from "./en/site.ts";
import { sites } from "./en/sites.ts";
import { commands, station, stations } from "./en/station.ts";
import { stationPage } from "./en/station-page.ts";
import { tokens } from "./en/tokens.ts";
import { plural } from "./en-codes.ts";

export const en = {
  product: "Wattward",
  skipToContent: "Skip to content",
  loading: "Loading…",
  tryAgain: "Try again",
  close: "Close",
  ago: "ago",

  places: {
    label: "Places",
    now: "Now",
    sites: "Sites",
    stations: "Stations",
    sessions: "Sessions",
    tokens: "Tokens",
    dispensations: "Dispensations",
    people: "People",
    settings: "Settings",
  },
  table: {
    count: (all: number) => plural(all, "row", "rows"),
    some: (shown: number, all: number) => `${shown} of ${plural(all, "row", "rows")}`,
    exportCsv: "Export CSV",
  },
  palette: {
    open: "Find",
    title: "Go to",
    hint: "A place, site, station, token or session",
    nothing: "Nothing has this name.",
    kind: { place: "place", site: "site", station: "station", token: "token", session: "session" },
    session: (station: string, at: string | undefined) =>
      at === undefined ? `session on ${station}` : `session on ${station}, ${at}`,
  },

  theme: { label: "Theme", auto: "Auto", light: "Light", dark: "Dark" },
  account: { menu: (name: string) => `Account of ${name}`, signOut: "Sign out" },

  problem: {
    noAnswer: "The central system does not answer. Check that it runs and that this device reaches it.",
    status: (status: number) => `The central system answered with status ${status}. Try again in a moment.`,
    pageBroke: "This page broke. That is our fault. Reload it; what you were watching goes on without it.",
    forbidden: "Your role does not allow this. Ask an administrator for it.",
    notFound: "There is nothing at this address.",
    toStart: "Go to Now",
  },

  signIn: {
    title: "Sign in",
    lead: "With the passkey of this device, your phone or your security key.",
    button: "Sign in with passkey",
    busy: "Waiting for your passkey…",
    help: "No passkey yet? Ask an administrator for a one-time link.",
    join: {
      title: "Join Wattward",
      lead: "This one-time link makes you a member. Your name and a passkey are all it takes; there is no password.",
      name: "Your name",
      nameHint: "Others see it beside what you do.",
      nameMissing: "Write your name: it stands beside every command you give.",
      button: "Create passkey",
      noSecret:
        "This link is not complete. Open it again exactly as you were given it, with all that follows the #.",
    },
    failure: {
      cancelled: "The passkey was not used: the request was cancelled or took too long. Try again.",
      unsupported: "This browser has no passkeys here. Open the page over https, or by the name localhost.",
      already: "This device already holds a passkey for you. Sign in with it instead.",
      unknownPasskey:
        "This passkey is not known here. Use the one you made for Wattward, or ask for a new link.",
      fault: (message: string) => `The passkey could not be used: ${message}`,
    },
  },

  sites,

  fleet: {
    title: "Stations",
    find: "Id, site, model, firmware",
    station: "Station",
    site: "Site",
    state: "State",
    power: "Power",
    version: "OCPP",
    model: "Model",
    firmware: "Firmware",
    seen: "Heard",
    filter: { label: "Which stations", all: "All", connected: "Connected", offline: "Offline" },
    empty: "No station yet",
    emptyHelp: "Add one on the machine that runs the central system:",
    noneFound: "No station is like that. Take something away from the search or the filter.",
  },

  now,

  site,

  energy: energyWords,

  dialog,

  people,

  dispensations,

  settings,

  stream,

  power,

  stations,

  station,

  stationPage,

  sessions,
  allSessions,
  session,
  tokens,

  happened,

  commands,
};
export type Strings = typeof en;
/** The language shown; the others join here. */
export const words: Strings = en;
