/** CALLs of stations that come without a journal: on a direct socket, or relayed by their site. */
import { refusal } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { dispatch } from "../core/dispatch.ts";
import { observe } from "../core/observations.ts";
import type { StationAnswer, StationCall } from "../core/port.ts";
import type { Tx } from "../store/writer.ts";
import { speaksFor } from "./presence.ts";
import { findStation } from "./rows.ts";

export async function answerCall(tx: Tx, input: StationCall, world: World): Promise<StationAnswer> {
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
    return refusal("SecurityError", "this station is not known here");
  }
  const { id, action, payload, version, trace, receivedAtMs, clockQuality } = input;
  const { deviations, fault } = input;
  const call = {
    ...{ id, action, payload, version, trace, receivedAtMs, clockQuality },
    ...(deviations !== undefined && { deviations }),
    ...(fault !== undefined && { fault }),
  };
  return dispatch(tx, { ...call, station, arrivedAtMs: receivedAtMs, live: true }, world);
}
