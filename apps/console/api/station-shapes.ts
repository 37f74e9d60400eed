/** What the page of one station shows, under short names; the source is the generated document. */
import type { components } from "../generated/api.ts";

type Schemas = components["schemas"];
export type Message = Schemas["MessageRow"];
export type Variable = Schemas["VariableRow"];
export type Handling = Schemas["Handling"];
export type Learned = Schemas["LearnedRow"];
export type SetAside = Schemas["SetAsideRow"];
export type Told = Schemas["ToldRow"];
export type Holds = Schemas["StationHolds"];
export type HeldProfile = Holds["profiles"][number];
export type PersonName = Schemas["PersonName"];
