/**
 * A transaction message that breaks its schema past repair: kept for a person, redacted, and acknowledged
 * (QUIRKS, principle 2; 34). A CALLERROR would make the station send it again, then drop it, and hold up what waits behind.
 * Nothing is read out of it: no transaction begins, changes or ends. The same message again is the same row and answer.
 */
import { hash } from "node:crypto";
import { notice, redacted } from "@wattward/ocpp";
import { type Call, result } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { StationAnswer } from "../core/port.ts";
import { takeTransactionIds } from "../core/settings.ts";
import type { Tx } from "../store/writer.ts";
import { countOf } from "./deviations.ts";
import { countSetAside, findSetAside, insertSetAside } from "./rows.ts";

/** Of one station; what comes beyond is acknowledged, counted and not kept. */
export const SET_ASIDE_MAX = 1_000;
const MESSAGE_CHARS_MAX = 8_000;

export async function setAside(
  tx: Tx,
  call: Call,
  fault: { readonly code: string; readonly description: string },
): Promise<StationAnswer> {
  const text = JSON.stringify(call.payload);
  const key = { station: call.station.id, digest: hash("sha256", `${call.action} ${text}`) };
  const known = await tx.first(findSetAside, key);
  if (known !== undefined) return answerTo(call, known.wire_id);
  const wireId = call.action === "StartTransaction" ? await idFor(tx, call) : null;
  const kept = Number((await tx.first(countSetAside, { station: key.station }))?.count ?? 0);
  if (kept < SET_ASIDE_MAX) {
    const about = { version: call.version, action: call.action, part: "call" } as const;
    await tx.run(insertSetAside, {
      station_id: key.station,
      digest: key.digest,
      action: call.action,
      received_at_ms: call.receivedAtMs,
      code: clipped(fault.code),
      reason: clipped(fault.description),
      message: JSON.stringify(redacted(about, call.payload)).slice(0, MESSAGE_CHARS_MAX),
      wire_id: wireId,
    });
    const data = { action: call.action, code: clipped(fault.code), reason: clipped(fault.description) };
    const { station, arrivedAtMs: atMs, trace, live } = call;
    const head = {
      source: "station",
      atMs,
      station: station.id,
      site: station.site_id,
      trace,
      live,
    } as const;
    observe(tx, { ...head, kind: "station.set-aside", data });
  }
  await countOf(tx, call, [notice("message-set-aside", `${call.action}: ${fault.description}`)]);
  return answerTo(call, wireId);
}

/** A station goes by the id it is given, so it gets one; Invalid lets it stop charging for nobody. */
function answerTo(call: Call, wireId: string | null): StationAnswer {
  if (call.action !== "StartTransaction") return result({});
  return result({ transactionId: Number(wireId), idTagInfo: { status: "Invalid" } });
}

const idFor = async (tx: Tx, { journal }: Call): Promise<string> =>
  String(journal?.transactionId ?? (await takeTransactionIds(tx, 1)));
