/** Reservations that a station holds, as far as we know (1.6 §5.13, §5.1; 2.0.1 H01 to H04). */
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

export type Reservation = {
  readonly id: number;
  /** 0: any. */
  readonly evse: number;
  /** Masked by the caller: see maskedToken. */
  readonly tokenShown: string;
  readonly expiresAtMs: number;
};
/** `cancelled` by us; the others as the station tells (H01, ReservationStatusUpdate). */
export type ReservationEnd = "cancelled" | "removed" | "expired" | "used" | "no-transaction";

/** The station accepted it; one of the same id is replaced (1.6 §5.13; H01.FR.02). */
export async function keepReservation(
  tx: Tx,
  station: string,
  { id, evse, tokenShown, expiresAtMs }: Reservation,
  from: { readonly command: string; readonly atMs: number },
): Promise<void> {
  await tx.run(deleteReservation, { station, id });
  await tx.run(insertReservation, {
    station_id: station,
    reservation_id: id,
    evse_id: evse,
    token_shown: tokenShown,
    expires_at_ms: expiresAtMs,
    state: "active",
    command_id: from.command,
    changed_at_ms: from.atMs,
  });
}

/** False where this station has no such active reservation. */
export async function endReservation(
  tx: Tx,
  station: string,
  id: number,
  { state, atMs }: { readonly state: ReservationEnd; readonly atMs: number },
): Promise<boolean> {
  if (!Number.isSafeInteger(id)) return false;
  return (await tx.run(setState, { station, id, state, atMs })) === 1;
}

/** This station's reservation of that id, active or ended. */
export const ownReservation = (tx: Tx, station: string, id: number) => tx.first(findOwn, { station, id });

/** One of that id at another station, active ones first: to name whose it is, never to change it. */
export const anothersReservation = (tx: Tx, station: string, id: number) =>
  tx.first(findAnothers, { station, id });

const columns = [
  "station_id",
  "reservation_id",
  "evse_id",
  "token_shown",
  "expires_at_ms",
  "state",
  "command_id",
  "changed_at_ms",
] as const;
const insertReservation = statement((db, p: Schema["reservations"]) =>
  db.insertInto("reservations").values(each(p, columns)),
);
const deleteReservation = statement((db, p: { station: string; id: number }) =>
  db.deleteFrom("reservations").where("station_id", "=", p.station).where("reservation_id", "=", p.id),
);
const setState = statement((db, p: { station: string; id: number; state: string; atMs: number }) =>
  db
    .updateTable("reservations")
    .set({ state: p.state, changed_at_ms: p.atMs })
    .where("station_id", "=", p.station)
    .where("reservation_id", "=", p.id)
    .where("state", "=", "active"),
);
const findOwn = statement((db, p: { station: string; id: number }) =>
  db
    .selectFrom("reservations")
    .selectAll()
    .where("reservation_id", "=", p.id)
    .where("station_id", "=", p.station),
);
/** `active` is the first of the states in the alphabet. Of those, the one that lasts longest. */
const findAnothers = statement((db, p: { station: string; id: number }) =>
  db
    .selectFrom("reservations")
    .selectAll()
    .where("reservation_id", "=", p.id)
    .where("station_id", "!=", p.station)
    .orderBy("state")
    .orderBy("expires_at_ms", "desc")
    .limit(1),
);
