/**
 * The state of a station or one of its connectors, as it said it. 0 is the station itself and overwrites no connector;
 * a connector not known before is made by its first word (QUIRKS 37). What is replayed is the present only where nothing
 * newer is known: a site's journal keeps the order in which its stations spoke, whatever their clocks said; a station
 * that may have spoken over another route since is judged by the time it named.
 */
import type { RequestOf } from "@wattward/ocpp";
import { type Call, refusal, type Version2 } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import type { StationAnswer } from "../core/port.ts";
import { believable } from "../core/timestamp.ts";
import type { Tx } from "../store/writer.ts";
import { endUncertain } from "../transactions/doubts.ts";
import { headOf } from "../transactions/record.ts";
import { countConnectors, findConnector, upsertStatus } from "./rows.ts";

/** A station that names more connectors than any has is making them up. */
export const CONNECTORS_MAX = 128;

export type Status = {
  readonly evse: number;
  readonly connector: number;
  readonly status: string;
  readonly errorCode: string | null;
  readonly timestamp: string | undefined;
};

/** StatusNotification of 2.x. EVSE 0 is the station itself. */
export function storeConnectorStatus(
  tx: Tx,
  call: Call<RequestOf<Version2, "StatusNotification">>,
): Promise<StationAnswer | undefined> {
  const { evseId, connectorId, connectorStatus: status, timestamp } = call.payload;
  const connector = evseId === 0 ? 0 : connectorId;
  return storeStatus(tx, call, { evse: evseId, connector, status, errorCode: null, timestamp });
}

/** The refusal to answer with, or undefined where the status was taken. */
export async function storeStatus(
  tx: Tx,
  call: Call<object>,
  said: Status,
): Promise<StationAnswer | undefined> {
  const { evse, connector, status, errorCode } = said;
  if (evse < 0 || connector < 0) {
    return refusal("PropertyConstraintViolation", "an EVSE or connector has no number below 0");
  }
  const key = { station: call.station.id, evse, connector };
  const known = await tx.first(findConnector, key);
  if (known === undefined) {
    const count = Number((await tx.first(countConnectors, { station: call.station.id }))?.count ?? 0);
    if (count >= CONNECTORS_MAX) {
      return refusal("PropertyConstraintViolation", `more than ${CONNECTORS_MAX} connectors`);
    }
  }
  const { atMs } = believable(said.timestamp ?? "", call);
  const inOrder = call.live || (call.station.route === "site" && call.repeated === undefined);
  const present = inOrder || known === undefined || atMs > known.status_at_ms;
  if (present) await tx.run(upsertStatus, { ...key, status, errorCode, atMs });
  if (present && status === "Available" && evse > 0) await endUncertain(tx, call, evse);
  // History that is not the present one is nowhere but in its observation.
  const changed = !present || known?.status !== status || known.error_code !== errorCode;
  const data = { evse, connector, status, errorCode };
  if (changed) observe(tx, { ...headOf(call), kind: "station.status", data });
  return undefined;
}
