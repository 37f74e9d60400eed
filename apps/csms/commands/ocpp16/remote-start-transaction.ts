/** RemoteStartTransaction (1.6 §5.11): on a connector that there is, with a TxProfile at most. */
import type { RequestOf } from "@wattward/ocpp";
import { type Check, firstOf } from "../route.ts";
import { objectToProfile } from "../rules/charging-profile.ts";
import { objectToPlace } from "../rules/places.ts";
import { plainProfile16 } from "./set-charging-profile.ts";

export const checkStart: Check<RequestOf<"1.6", "RemoteStartTransaction">> = async (asking) => {
  const { connectorId, chargingProfile } = asking.payload;
  const at = { evse: connectorId ?? 0 };
  const profile = chargingProfile && plainProfile16(chargingProfile, at.evse);
  return firstOf(
    asking,
    () => (connectorId === undefined ? undefined : objectToPlace(asking, at, { whole: false })),
    () => profile && objectToProfile(asking, profile, { starting: true }),
  );
};
