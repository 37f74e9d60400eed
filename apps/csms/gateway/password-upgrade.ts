/**
 * The verdict on each connection of security profile 1 or 2 that asks to become a WebSocket.
 *
 *     password door ─▶ rate ─▶ still in force, its route, not blocked? ─▶ sub-protocol, takeover
 *
 * Only stations come in here: a site has its certificate or does not come at all. Until the password has proven to be
 * right, nothing is asked of the store, and the answer is the same for an id that there is and one that there is not.
 */
import type { UpgradeVerdict } from "@wattward/kernel";
import { type Claim, formDeviation } from "@wattward/ocpp";
import type { BasicDoor, BasicRefused, PasswordProfile } from "@wattward/ocpp/ways-in";
import { Buckets } from "./buckets.ts";
import { UPGRADE_KEYS_MAX, UPGRADE_RATE } from "./limits.ts";
import type { Upgrade } from "./ports.ts";
import { type Doorkeeper, refused, type VerdictPorts, Verdicts } from "./verdicts.ts";

/** For one of the two listeners; both share the door, and with it what failed attempts cost. */
export function passwordUpgrades(
  door: Pick<BasicDoor, "identify">,
  doorkeeper: Doorkeeper,
  ports: VerdictPorts,
): (securityProfile: PasswordProfile) => Upgrade {
  const perStation = new Buckets(UPGRADE_RATE, UPGRADE_KEYS_MAX);
  const verdicts = new Verdicts(doorkeeper, ports);

  const failed = (who: BasicRefused, address: string, securityProfile: PasswordProfile): UpgradeVerdict => {
    if (who.station === undefined || who.reason === "busy")
      return refused(who.status, `gateway.${who.reason}`);
    const asked = { kind: "station", station: who.station } as const;
    const detail = { reason: who.reason, securityProfile };
    return verdicts.suspicious(who.status, "gateway.authentication-failed", { asked, address, detail });
  };

  return (securityProfile) =>
    verdicts.asUpgrade(async (request) => {
      const { address } = request.peer;
      const who = await door.identify(request, securityProfile);
      if (who.kind === "refused") return failed(who, address, securityProfile);
      const { station, leave, form } = who;
      const { monotonicMs, wallMs: atMs } = ports.clock.now();
      if (!perStation.take(station, monotonicMs)) return refused(429, "gateway.too-often");
      const { passwordHash } = leave;
      const asked = { station, securityProfile, passwordHash, atMs };
      const admission = await ports.core.decide("station.admitByPassword", asked);
      if (admission.kind === "refused") {
        const about = { asked: { kind: "station", station } as const, address };
        return verdicts.notAdmitted(admission, { ...about, serial: "" });
      }
      const claim: Claim = { route: "direct", key: undefined, notBeforeMs: 0, address, securityProfile };
      return verdicts.letIn({
        ...{ request, station, admission, claim },
        proof: { facts: undefined, leave },
        formDeviation: (version) => formDeviation(form, version),
      });
    });
}
