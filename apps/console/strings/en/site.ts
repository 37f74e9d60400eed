/** A site and what it draws, in English. */
import { plural } from "../en-codes.ts";

export const site = {
  stations: (count: number) => plural(count, "station", "stations"),
  connected: (connected: number, all: number) =>
    connected === all
      ? "all connected"
      : connected === 0
        ? "none connected"
        : `${connected} of ${all} connected`,
  linkUp: "Site link up",
  linkDown: "Site link down",
  linkNever: "Site link never opened",
  heard: "heard",
  clock: { synced: "Clock synced", holdover: "Clock in holdover", unknown: "Clock unknown" },
  clockWas: { synced: "Clock was synced", holdover: "Clock was in holdover", unknown: "Clock was unknown" },
  clockHelp: {
    synced: "The site compared its clock with a trusted source since it started, and recently.",
    holdover: "The site's trusted time source is gone; it goes on with what it had.",
    unknown: "The site has not compared its clock since it started. Charging goes on; check its time source.",
  },
  unknown: "No site has this id.",
  unknownHelp: "It may have been renamed or removed.",
  linkDownHelp:
    "Everything on this page is how things stood when the site was heard last. A site that runs goes on by itself, and reports later.",
  wellUnlinked: "Whether all is well there is not known: the site has no link to here.",
  wellSilent: "Whether all is well there is not known: the site has stopped telling of its energy.",
  needsUnknown: (why: string) => `It is not known whether something needs you. ${why}`,
};

export const stream = {
  lost: "Live updates stopped. This is how things stood",
  lostAgo: "ago",
  trying: "Trying again by itself.",
  now: "Try now",
};

export const power = {
  now: "Power now",
  drawnBy: (stations: number) => `to ${plural(stations, "station", "stations")}`,
  old: (age: string) => `${age} old`,
  idle: "No car draws power now",
  none: "No power is reported now",
  others: (count: number) => plural(count, "other station", "other stations"),
  /** `aged` values are counted though late, `lost` ones no more. */
  counted: (aged: number, lost: number) =>
    [
      aged > 0 ? `${plural(aged, "late value", "late values")} counted as last reported` : "",
      lost > 0 ? `${plural(lost, "value", "values")} too old to count` : "",
    ]
      .filter((part) => part !== "")
      .join("; "),
  over: "Power, kW",
  spanLabel: "Time span",
  spanOption: (minutes: number) => `${minutes} min`,
  chartLabel: (minutes: number, now: string, most: string) =>
    `Power of the site over the last ${minutes} minutes: now ${now}, at most ${most}.`,
  noHistory: "No power was reported in this span.",
  historyFailed: "The past could not be loaded; what follows is live.",
  most: "Peak",
  energy: "Energy",
  scale: (mostKw: number) => `bars to ${mostKw} kW`,
};
