/** Fields that several routes take, written once. Ids are read by the kernel's own parsers, not by patterns here. */
import { INSTANT_MS_MAX, SITE_ID_CHARS_MAX, STATION_ID_CHARS_MAX } from "@wattward/kernel";
import { Type } from "typebox";
import { apiLimits } from "../limits.ts";

export const closed = { additionalProperties: false } as const;

export const StationIdText = Type.String({
  minLength: 1,
  maxLength: STATION_ID_CHARS_MAX,
  description: "A station's identity, as in its connection URL.",
});
export const SiteIdText = Type.String({
  minLength: 1,
  maxLength: SITE_ID_CHARS_MAX,
  description: "A site's id: a DNS label.",
});
export const RowId = Type.String({ minLength: 1, maxLength: 64 });
export const Most = Type.Integer({
  minimum: 1,
  maximum: apiLimits.rowsMax,
  description: `Rows at most; ${apiLimits.rowsDefault} unless said.`,
});
export const SearchText = Type.String({
  minLength: 1,
  maxLength: apiLimits.searchCharsMax,
  description: "Found anywhere in ids and names, without regard to case.",
});
/** IdToken of OCPP 2.x is at most 36 characters, idTag of 1.6 at most 20. */
export const CardText = Type.String({
  minLength: 1,
  maxLength: 36,
  pattern: "^[\\x21-\\x7e]+$",
  description: "A whole token, or the end of one, as far as it is shown.",
});
/** Milliseconds since 1970 UTC; up to the year 9999. */
export const InstantMs = Type.Integer({ minimum: 0, maximum: INSTANT_MS_MAX });
/** Kinds of observations in a query: names with commas between. */
export const Kinds = Type.String({
  minLength: 1,
  maxLength: 1_000,
  pattern: "^[a-z0-9.-]+(,[a-z0-9.-]+)*$",
  description: "Only of these kinds, with commas between: station.status,transaction.started",
});
export const kindsIn = (text: string | undefined): readonly string[] | undefined => text?.split(",");
export const Done = Type.Object({ done: Type.Literal(true) }, closed);
