/**
 * Reservations (1.6 §5.13 and §5.4; 2.x chapter H): who may have which EVSE until when. Kept in flash, so that an EVSE
 * is still reserved after a restart. One for no particular EVSE holds back any free one.
 *
 *     reserved ─┬─ used by its card ─▶ gone, its id goes with the transaction
 *               ├─ its time is over ─▶ gone, Expired is told (2.x)
 *               ├─ its EVSE is made inoperative ─▶ gone, Removed is told (2.x H01.FR.17)
 *               └─ cancelled by the central system ─▶ gone
 */
import type { Cancel, EvseId } from "@wattward/kernel";
import type { Token } from "./dialect.ts";
import type { Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { StationClock } from "./station-clock.ts";

/** Open at once; more are Rejected. */
const RESERVATIONS_MAX = 32;

export type Reservation = {
  readonly id: number;
  /** 0: any. */
  readonly evse: EvseId | 0;
  readonly token: Token["id"];
  readonly expiresAtMs: number;
};
export type Lapse = "expired" | "removed";

/** ReserveNow's words, the same in every version. */
export const reserveStatuses = {
  accepted: "Accepted",
  occupied: "Occupied",
  unavailable: "Unavailable",
  rejected: "Rejected",
} as const;

export type ReservationParts = {
  readonly flash: Flash;
  readonly life: Life;
  readonly clock: StationClock;
  /** It has ended unused, by nobody's command; or an EVSE's state may be another now. */
  lapsed(reservation: Reservation, why: Lapse): void;
  changed(): void;
};

export class Reservations {
  private readonly parts: ReservationParts;
  private readonly open = new Map<number, Reservation>();
  private expiry: Cancel = () => {};

  constructor(parts: ReservationParts) {
    this.parts = parts;
    // The flash gives back what `keep` made: nobody else writes there.
    for (const [, kept] of parts.flash.under("reservation/")) {
      const reservation = kept as unknown as Reservation;
      this.open.set(reservation.id, reservation);
    }
    this.schedule();
  }

  get all(): readonly Reservation[] {
    return [...this.open.values()];
  }

  /** Of exactly this EVSE. */
  of(evse: EvseId): Reservation | undefined {
    return this.all.find((each) => each.evse === evse);
  }

  /** Those for any EVSE that are another's than this card's. */
  elsewhere(token: Token["id"] | undefined): number {
    return this.all.filter((each) => each.evse === 0 && !same(each.token, token)).length;
  }

  /** Replaces one of the same id (H01.FR.02). False: there are too many, or its time is over already. */
  async add(reservation: Reservation): Promise<boolean> {
    if (this.open.size >= RESERVATIONS_MAX && !this.open.has(reservation.id)) return false;
    if (reservation.expiresAtMs <= this.parts.clock.nowMs()) return false;
    this.open.set(reservation.id, reservation);
    await this.keep(reservation.id);
    return true;
  }

  /** False: there is none of that id (H02.FR.01). */
  async cancel(id: number): Promise<boolean> {
    if (!this.open.delete(id)) return false;
    await this.keep(id);
    return true;
  }

  /** The reservation that this card uses up by charging there, if it has one. */
  async use(evse: EvseId, token: Token["id"]): Promise<number | undefined> {
    const own = this.all.filter((each) => same(each.token, token));
    const used = own.find((each) => each.evse === evse) ?? own.find((each) => each.evse === 0);
    if (used !== undefined) await this.cancel(used.id);
    return used?.id;
  }

  /** The EVSE is out of order from now on; 0: all are. */
  async remove(evse: EvseId | 0): Promise<void> {
    const gone = this.all.filter((each) => evse === 0 || each.evse === evse);
    for (const reservation of gone) await this.lapse(reservation, "removed");
  }

  private async lapse(reservation: Reservation, why: Lapse): Promise<void> {
    if (!(await this.cancel(reservation.id))) return;
    this.parts.lapsed(reservation, why);
    this.parts.changed();
  }

  private async keep(id: number): Promise<void> {
    this.schedule();
    await this.parts.life.hold(this.parts.flash.commit([[`reservation/${id}`, this.open.get(id)]]));
  }

  private schedule(): void {
    const { clock, life } = this.parts;
    this.expiry();
    const next = this.all.toSorted((a, b) => a.expiresAtMs - b.expiresAtMs)[0];
    if (next === undefined) return;
    // Looked at again now and then: the station's clock may have been set meanwhile.
    const waitMs = Math.min(LOOK_AGAIN_MS, Math.max(0, next.expiresAtMs - clock.nowMs()));
    this.expiry = life.after(waitMs, () =>
      life.run(async () => {
        if (next.expiresAtMs <= clock.nowMs()) await this.lapse(next, "expired");
        else this.schedule();
      }),
    );
  }
}

const LOOK_AGAIN_MS = 60_000;

/** Tokens are compared without case (CiString). */
const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
