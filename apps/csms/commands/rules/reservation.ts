/** Ids of reservations: one belongs to one station, and only there it can be cancelled (AT-O12). */
import { anothersReservation, ownReservation } from "../../stations/reservations.ts";
import { type Asking, never, type Objection, unlessForced } from "../route.ts";

export async function objectToReservation(
  { tx, station, atMs }: Asking<unknown>,
  { id, expires }: { readonly id: number; readonly expires: string },
): Promise<Objection | undefined> {
  if (Date.parse(expires) <= atMs) return never("the reservation would have ended before it begins");
  const other = await anothersReservation(tx, station.id, id);
  return other?.state === "active" && other.expires_at_ms > atMs
    ? never(`reservation ${id} is ${other.station_id}'s: take another id`)
    : undefined;
}

export async function objectToCancelling(
  { tx, station }: Asking<unknown>,
  id: number,
): Promise<Objection | undefined> {
  if ((await ownReservation(tx, station.id, id)) !== undefined) return undefined;
  const other = await anothersReservation(tx, station.id, id);
  if (other !== undefined) return never(`reservation ${id} is ${other.station_id}'s, not ${station.id}'s`);
  return unlessForced(`no reservation ${id} of ${station.id} is known here`);
}
