/**
 * Who charges where: sessions that overlap at one station need an EVSE each, and a power that lets each car have its energy
 * before it leaves. Pure.
 */

import type { Session } from "@wattward/energy/sessions";
import type { EvseId, StationId } from "@wattward/kernel";

export type Seat = {
  readonly session: Session;
  readonly evse: EvseId;
  /** What the car takes: so much that its energy fits into its stay. */
  readonly carW: number;
};

/** What a station needs for its sessions. */
export type Need = { readonly evses: number; readonly mostW: number };

/** Of a stay, what cable and card take from charging at the most, ms; of a short one half. */
const HANDS_MS = 30_000;

/** In order of arrival; each session takes the first EVSE of its station that is free when it arrives. */
export function seat(
  sessions: readonly Session[],
  usualCarW: number,
): { readonly seats: readonly Seat[]; readonly needs: ReadonlyMap<StationId, Need> } {
  const freeAtMs = new Map<StationId, number[]>();
  const needs = new Map<StationId, Need>();
  const seats = sessions.map((session): Seat => {
    const { arriveAtMs, energyWh, leaveAtMs, station } = session;
    const evses = freeAtMs.get(station) ?? [];
    freeAtMs.set(station, evses);
    const free = evses.findIndex((atMs) => atMs <= arriveAtMs);
    const at = free < 0 ? evses.length : free;
    evses[at] = leaveAtMs;
    const carW = Math.max(usualCarW, leastW(energyWh, leaveAtMs - arriveAtMs));
    const { evses: count = 0, mostW = 0 } = needs.get(station) ?? {};
    needs.set(station, { evses: Math.max(count, evses.length), mostW: Math.max(mostW, carW) });
    return { session, evse: (at + 1) as EvseId, carW };
  });
  return { seats, needs };
}

function leastW(energyWh: number, stayMs: number): number {
  const chargingMs = stayMs - Math.min(HANDS_MS, stayMs / 2);
  return Math.ceil((energyWh * 3_600_000) / chargingMs);
}
