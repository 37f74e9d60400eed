/** What the API speaks of, under short names. The source is the generated document; nothing is written twice. */
import type { components } from "../generated/api.ts";

type Schemas = components["schemas"];
export type Site = Schemas["SiteRow"];
export type Station = Schemas["StationRow"];
export type StationDetail = Schemas["StationDetail"];
export type StationHolds = Schemas["StationHolds"];
export type Deviation = Schemas["DeviationRow"];
export type Connector = Schemas["ConnectorRow"];
export type Session = Schemas["TransactionRow"];
export type Observation = Schemas["OutboxEntry"];
export type SiteSnapshot = Schemas["SiteSnapshot"];
export type PowerPoint = Schemas["PowerPoint"];
export type Command = Schemas["CommandRow"];
export type SessionDetail = Schemas["TransactionDetail"];
export type SessionEvent = Schemas["TransactionEventRow"];
export type SessionCurve = Schemas["TransactionCurve"];
/** A driver's token: a card or an account that pays. */
export type Card = Schemas["TokenRow"];
/** What needs somebody, what is going on, and what today has brought. */
export type Now = Schemas["NowView"];
export type NeedRow = Schemas["NeedRow"];
export type Me = Schemas["Me"];
export type Problem = Schemas["Problem"];
/** JSON of unknown shape, as events and payloads carry it. */
export type Data = { readonly [key: string]: unknown };
