/**
 * A 1.6 station that speaks and has never booted here is asked for its BootNotification, through the one door like any
 * command (QUIRKS 17). It is served meanwhile: the accepted state is the inventory's. 2.0.1 is refused until it boots.
 */
import { request } from "../commands/request.ts";
import type { Call } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

const ACTOR = "csms";
/** It is asked again after this, as long as it does not boot. */
const ASKED_EVERY_MS = 3_600_000;
const ASKED_MS_MAX = 10 * 60_000;

const findAsked = statement((db, p: { station: string; actor: string; sinceMs: number }) =>
  db
    .selectFrom("commands")
    .select("id")
    .where("station_id", "=", p.station)
    .where("actor", "=", p.actor)
    .where("requested_at_ms", ">", p.sinceMs)
    .limit(1),
);

export async function askForBoot(tx: Tx, call: Call, world: World): Promise<void> {
  const { station, version, action, live, arrivedAtMs: atMs } = call;
  if (version !== "1.6" || station.booted_at_ms !== null || !live || action === "BootNotification") return;
  const asked = { station: station.id, actor: ACTOR, sinceMs: atMs - ASKED_EVERY_MS };
  if ((await tx.first(findAsked, asked)) !== undefined) return;
  await request(
    tx,
    {
      // What is in the inventory was read by kernel's parser when it was added.
      station: station.id as Parameters<typeof request>[1]["station"],
      action: "TriggerMessage",
      payload: { requestedMessage: "BootNotification" },
      actor: ACTOR,
      reason: "it speaks, and has never booted here",
      atMs,
      expiresAtMs: atMs + ASKED_MS_MAX,
    },
    world,
  );
}
