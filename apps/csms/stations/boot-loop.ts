/**
 * Boots of one station in a window of time. A station that boots again and again is answered each time, and is told of
 * once: what follows in the same window changes only its count of deviations (QUIRKS 19).
 */
import { notice } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { countOf } from "../tolerance/deviations.ts";
import { headOf } from "../transactions/record.ts";

/** Boots within {@link BOOT_WINDOW_MS} that make a loop. */
export const BOOTS_MAX = 10;
export const BOOT_WINDOW_MS = 10 * 60_000;

const findWindow = statement((db, p: { station: string }) =>
  db.selectFrom("boot_windows").selectAll().where("station_id", "=", p.station),
);
const setWindow = statement((db, p: { station: string; fromMs: number; boots: number }) =>
  db
    .insertInto("boot_windows")
    .values({ station_id: p.station, from_ms: p.fromMs, boots: p.boots })
    .onConflict((c) => c.column("station_id").doUpdateSet({ from_ms: p.fromMs, boots: p.boots })),
);

/** Counts a boot; true where it is one of a loop that was told of already. */
export async function inBootLoop(tx: Tx, call: Call<object>): Promise<boolean> {
  if (!call.live) return false;
  const station = call.station.id;
  const window = await tx.first(findWindow, { station });
  const fresh = window === undefined || call.arrivedAtMs - window.from_ms >= BOOT_WINDOW_MS;
  const boots = fresh ? 1 : window.boots + 1;
  await tx.run(setWindow, { station, fromMs: fresh ? call.arrivedAtMs : window.from_ms, boots });
  if (boots < BOOTS_MAX) return false;
  await countOf(tx, call, [notice("boot-loop", `${boots} boots in ${BOOT_WINDOW_MS / 60_000} min`)]);
  if (boots === BOOTS_MAX) {
    const data = { boots, withinMs: BOOT_WINDOW_MS };
    observe(tx, { ...headOf(call), kind: "station.boot-loop", data });
  }
  return boots > BOOTS_MAX;
}
