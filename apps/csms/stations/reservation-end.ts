/**
 * A station tells that a reservation has ended (1.6 §4.8; 2.0.1 H03, H04, E01.FR.13). Only its own is ended by that; one
 * that is another station's is a security observation, one that is nobody's a record.
 */
import type { Call } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";
import { anothersReservation, endReservation, ownReservation, type ReservationEnd } from "./reservations.ts";

export async function takeReservationEnd(
  tx: Tx,
  call: Call<object>,
  { id, state }: { readonly id: number; readonly state: ReservationEnd },
): Promise<void> {
  const own = await ownReservation(tx, call.station.id, id);
  if (own === undefined && (await anothersReservation(tx, call.station.id, id)) !== undefined) {
    const data = { action: call.action, reservation: id };
    observe(tx, { ...headOf(call), kind: "security.foreign-reservation", data });
    return;
  }
  // History ends nothing that was made, or made anew, after it.
  const told = own !== undefined && (call.live || own.changed_at_ms <= call.receivedAtMs);
  const ended = told && (await endReservation(tx, call.station.id, id, { state, atMs: call.arrivedAtMs }));
  // What it said before needs no saying again.
  if (own !== undefined && !ended) return;
  const data = { reservation: id, state, known: own !== undefined };
  observe(tx, { ...headOf(call), kind: "station.reservation", data });
}
