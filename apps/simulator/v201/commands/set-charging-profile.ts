/** SetChargingProfile (K01): what the shelf refuses is Rejected, with its reason. */
import type { EvseId } from "@wattward/kernel";
import type { Profile } from "../../charging/profile.ts";
import type { Controls } from "../../station/controls.ts";
import { answering201 } from "../answering.ts";
import { profileOf } from "../charging-profile.ts";

export const setChargingProfile = answering201(
  "SetChargingProfile",
  async ({ chargingProfile: wire, evseId }, station) => {
    const evse = evseId === 0 ? 0 : (evseId as EvseId);
    const isTx = wire.chargingProfilePurpose === "TxProfile" && evse !== 0;
    const transaction = isTx ? station.transactionAt(evse, wire.transactionId) : undefined;
    const profile = profileOf(wire, { evse, receivedAtMs: station.nowMs(), transaction });
    const result = profile === undefined ? "InvalidProfile" : await station.profiles.set(profile);
    if (profile !== undefined && result === "accepted")
      return { payload: { status: "Accepted" }, after: () => pullAgain(profile, station) };
    return { payload: { status: "Rejected", statusInfo: { reasonCode: result } } };
  },
);

/** A dynamic profile's limit is asked for as often as it says, while it is installed (2.1 K28.FR.10). */
function pullAgain({ id, kind, pullEveryS = 0 }: Profile, station: Controls): void {
  const name = `pull ${id}`;
  station.repeat(name, kind === "dynamic" ? pullEveryS * 1000 : 0, async () => {
    const [profile] = station.profiles.list({ ids: [id] });
    if (profile?.kind !== "dynamic") return station.repeat(name, 0, async () => {});
    const outcome = await station.ask({
      action: "PullDynamicScheduleUpdate",
      payload: { chargingProfileId: id },
    });
    const { scheduleUpdate } = (outcome.kind === "result" ? outcome.payload : {}) as {
      scheduleUpdate?: { limit?: number };
    };
    if (scheduleUpdate?.limit !== undefined) await station.profiles.update(id, scheduleUpdate.limit);
  });
}
