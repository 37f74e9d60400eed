/** The places of the console, in the order in which an operator needs them. Only places that work are here. */
import { words } from "../strings/en.ts";

export const places = [
  { to: "/now", name: words.places.now },
  { to: "/sites", name: words.places.sites },
  { to: "/stations", name: words.places.stations },
] as const;

export type Place = (typeof places)[number];
