/**
 * A batch of frames, redacted by whoever saw them, into the log. Not where the log is switched off, nor while the disk is
 * short: it is the first thing given up (DESIGN 25).
 */
import type { Decision } from "../core/decision.ts";
import { setting } from "../core/settings.ts";
import { storageIsLow } from "../retention/storage.ts";
import { insertMessage, readLogState, writeLogState } from "./rows.ts";

export const writeMessages: Decision<"messages.write"> = async (tx, { messages, atMs }) => {
  if ((await setting(tx, "message_log_days")) === 0) return { kind: "off" };
  if (await storageIsLow(tx)) return { kind: "off" };
  const state = await readLogState(tx);
  let chars = state.chars;
  for (const [i, message] of messages.entries()) {
    await tx.run(insertMessage, {
      id: state.nextId + i,
      station_id: message.station,
      at_ms: atMs,
      received_at_ms: message.receivedAtMs,
      sender: message.sender,
      route: message.route,
      version: message.version,
      kind: message.kind,
      action: message.action,
      message_id: message.messageId,
      trace: message.trace,
      verdict: message.verdict,
      chars: message.chars,
      frame: message.frame,
    });
    chars += message.frame.length;
  }
  await writeLogState(tx, { nextId: state.nextId + messages.length, chars });
  return { kind: "written", perStationAndDay: await setting(tx, "message_log_station_rows") };
};
