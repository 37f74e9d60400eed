/** The places of the console, in the order in which an operator needs them. Only places that work are here. */
import { words } from "../strings/en.ts";

export const places = [
  { to: "/now", name: words.places.now },
  { to: "/sites", name: words.places.sites },
  { to: "/stations", name: words.places.stations },
  { to: "/sessions", name: words.places.sessions },
  { to: "/tokens", name: words.places.tokens },
  { to: "/dispensations", name: words.places.dispensations },
  { to: "/people", name: words.places.people, role: "administrator" },
  { to: "/settings", name: words.places.settings, role: "administrator" },
] as const;

export type Place = (typeof places)[number];

/** Those that a role sees in the bar. At the address of another it is told who may. */
export const placesFor = (role: string): readonly Place[] =>
  places.filter((place) => !("role" in place) || place.role === role);
