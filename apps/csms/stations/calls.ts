/** What stations send without a journal, on a direct socket or relayed by their site: CALLs, and SENDs (2.1). */
import { type Call, refusal } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { dispatch, dispatchSend } from "../core/dispatch.ts";
import { observe } from "../core/observations.ts";
import type { SendTaken, StationAnswer, StationCall } from "../core/port.ts";
import type { Tx } from "../store/writer.ts";
import { speaksFor } from "./presence.ts";
import { findStation } from "./rows.ts";

export async function answerCall(tx: Tx, input: StationCall, world: World): Promise<StationAnswer> {
  const call = await callOf(tx, input);
  return call === undefined
    ? refusal("SecurityError", "this station is not known here")
    : dispatch(tx, call, world);
}

export async function takeSend(tx: Tx, input: StationCall, world: World): Promise<SendTaken> {
  const send = await callOf(tx, input);
  return send === undefined
    ? { kind: "dropped", why: "this station is not known here" }
    : dispatchSend(tx, send, world);
}

/** Undefined, and observed, where the station is none of those that may come this way. */
async function callOf(tx: Tx, input: StationCall): Promise<Call | undefined> {
  const station = await tx.first(findStation, { id: input.station });
  if (station === undefined || !speaksFor(input.route, station)) {
    observe(tx, {
      kind: "security.foreign-station",
      source: "csms",
      atMs: input.receivedAtMs,
      station: input.station,
      site: input.route.kind === "site" ? input.route.site : null,
      trace: input.trace,
      data: { action: input.action, seq: null },
    });
    return undefined;
  }
  const { id, action, payload, version, trace, receivedAtMs, clockQuality } = input;
  const { deviations, fault } = input;
  return {
    ...{ id, action, payload, version, trace, receivedAtMs, clockQuality, station },
    ...(deviations !== undefined && { deviations }),
    ...(fault !== undefined && { fault }),
    arrivedAtMs: receivedAtMs,
    live: true,
  };
}
