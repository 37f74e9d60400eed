/** TriggerMessage (2.0.1 F06): a status is asked of a connector, and an accepted station does not boot on request. */
import { type Asked2, type Check, never } from "../route.ts";
import { objectToPlace } from "../rules/places.ts";

export const checkTrigger: Check<Asked2<"TriggerMessage">> = async (asking) => {
  const { requestedMessage, evse } = asking.payload;
  if (requestedMessage === "BootNotification" && asking.station.booted_at_ms !== null) {
    return never(`${asking.station.id} is accepted, and must refuse to send another boot (F06.FR.17)`);
  }
  if (requestedMessage === "StatusNotification" && evse?.connectorId === undefined) {
    return never("a status is asked of a connector: give evse.id and evse.connectorId (F06.FR.13)");
  }
  if (evse === undefined) return undefined;
  return objectToPlace(asking, { evse: evse.id, connector: evse.connectorId }, { whole: true });
};
