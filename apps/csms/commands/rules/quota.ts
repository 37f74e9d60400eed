/**
 * How often, and how many: commands that take a place away from those who would charge there (AT-O20). One account, or
 * one card, could close a whole fleet with requests that are each allowed by themselves; so each station takes only so
 * many of them in an hour, and one card holds only so many places. A person may insist.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { maskedToken } from "../../core/observations.ts";
import { statement } from "../../store/statement.ts";
import { OPEN_RESERVATIONS_READ_MAX, RATE_WINDOW_MS, RATES, RESERVATIONS_PER_TOKEN_MAX } from "../limits.ts";
import { type Asking, type Objection, unlessForced } from "../route.ts";

/** Asked of every command: those that have no rate pass. Whoever insisted counts like any other. */
export async function objectToRate(
  { tx, station, atMs }: Pick<Asking<unknown>, "tx" | "station" | "atMs">,
  action: string,
): Promise<Objection | undefined> {
  const most = RATES.get(action);
  if (most === undefined) return undefined;
  const asked = { station: station.id, action, sinceMs: atMs - RATE_WINDOW_MS };
  const made = Number((await tx.first(countAsked, asked))?.made ?? 0);
  if (made < most) return undefined;
  const minutes = RATE_WINDOW_MS / 60_000;
  return unlessForced(
    `${station.id} was sent ${made} ${action} within ${minutes} minutes, and ${most} are usual`,
  );
}

/** `id`: of the reservation asked for; one of the same id at this station would be replaced, and does not count. */
export async function objectToHoarding(
  { tx, station, atMs }: Asking<unknown>,
  { id, token }: { readonly id: number; readonly token: string },
): Promise<Objection | undefined> {
  const shown = maskedToken(token);
  const held = await tx.all(findHeld, { shown: shown.toLowerCase(), atMs });
  const places = new Set(held.map((one) => placeOf(one.station_id, one.reservation_id)));
  for (const { station_id, payload } of await tx.all(findUnderWay, { most: OPEN_RESERVATIONS_READ_MAX })) {
    const asked = reservationIn(JSON.parse(payload) as JsonObject);
    if (asked.token?.toLowerCase() === token.toLowerCase()) places.add(placeOf(station_id, asked.id));
  }
  places.delete(placeOf(station.id, id));
  if (places.size < RESERVATIONS_PER_TOKEN_MAX) return undefined;
  return unlessForced(`the card that ends in ${shown} holds ${places.size} reservations already`);
}

const placeOf = (station: string, id: unknown): string => `${station} ${String(id)}`;

/** ReserveNow as 1.6 (§6.37) and 2.x (H01) write it. */
function reservationIn({ idTag, idToken, reservationId, id }: JsonObject): {
  id: unknown;
  token: string | undefined;
} {
  const token = idTag ?? (isObject(idToken) ? idToken["idToken"] : undefined);
  return { id: reservationId ?? id, token: typeof token === "string" ? token : undefined };
}
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const countAsked = statement((db, p: { station: string; action: string; sinceMs: number }) =>
  db
    .selectFrom("commands")
    .select((e) => e.fn.countAll<number>().as("made"))
    .where("station_id", "=", p.station)
    .where("action", "=", p.action)
    .where("requested_at_ms", ">", p.sinceMs),
);
/** By what is shown of the card: the whole is not kept. */
const findHeld = statement((db, p: { shown: string; atMs: number }) =>
  db
    .selectFrom("reservations")
    .select(["station_id", "reservation_id"])
    .where((e) => e(e.fn<string>("lower", ["token_shown"]), "=", p.shown))
    .where("state", "=", "active")
    .where("expires_at_ms", ">", p.atMs),
);
/** Asked for, and not answered yet: their payloads are whole while they are open. */
const findUnderWay = statement((db, p: { most: number }) =>
  db
    .selectFrom("commands")
    .select(["station_id", "payload"])
    .where("state", "in", ["requested", "sent"])
    .where("action", "=", "ReserveNow")
    .limit(p.most),
);
