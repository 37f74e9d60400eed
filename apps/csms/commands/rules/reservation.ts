/** Ids of reservations: one belongs to one station, and only there it can be cancelled (AT-O12). */
import { reservationsOf } from "../../stations/reservations.ts";
import { type Asking, never, type Objection, unlessForced } from "../route.ts";

export async function objectToReservation(
  { tx, station, atMs }: Asking<unknown>,
  { id, expires }: { readonly id: number; readonly expires: string },
): Promise<Objection | undefined> {
  if (Date.parse(expires) <= atMs) return never("the reservation would have ended before it begins");
  const holder = (await reservationsOf(tx, id)).find(
    (one) => one.station_id !== station.id && one.state === "active" && one.expires_at_ms > atMs,
  );
  return holder === undefined
    ? undefined
    : never(`reservation ${id} is ${holder.station_id}'s: take another id`);
}

export async function objectToCancelling(
  { tx, station }: Asking<unknown>,
  id: number,
): Promise<Objection | undefined> {
  const known = await reservationsOf(tx, id);
  if (known.some((one) => one.station_id === station.id)) return undefined;
  const [other] = known;
  if (other !== undefined) return never(`reservation ${id} is ${other.station_id}'s, not ${station.id}'s`);
  return unlessForced(`no reservation ${id} of ${station.id} is known here`);
}
