/** RequestStartTransaction (2.0.1 F01, F02): at an EVSE that there is, with a TxProfile at most. */
import { type Asked2, type Check, firstOf } from "../route.ts";
import { objectToProfile } from "../rules/charging-profile.ts";
import { objectToPlace } from "../rules/places.ts";
import { plainProfile2 } from "./set-charging-profile.ts";

export const checkStart: Check<Asked2<"RequestStartTransaction">> = async (asking) => {
  const { evseId: evse, chargingProfile } = asking.payload;
  const profile = chargingProfile && plainProfile2(chargingProfile, evse ?? 0);
  return firstOf(
    asking,
    () => (evse === undefined ? undefined : objectToPlace(asking, { evse }, { whole: false })),
    () => profile && objectToProfile(asking, profile, { starting: true }),
  );
};
