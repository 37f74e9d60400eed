/**
 * Who comes in by a password (security profiles 1 and 2): the same at the CSMS and at a site.
 *
 *     path ─▶ tokens left? ─▶ HTTP Basic, user = id of the path ─▶ dispensation, password ─▶ shown
 *      404       429                  401                              401 │ 503
 *
 * Always true: a station nobody knows, one without a dispensation, one of another security profile and a wrong password
 * get the same answer after the same work, so that the ids are not told by trying (CWE-522); the answer of a failure
 * never names what failed. Everything in a request comes from the peer.
 */
import type { Clock, StationId, UpgradeRequest } from "@wattward/kernel";
import { basicCredentials, isUser, type PasswordForm, passwordForm } from "../basic-credentials.ts";
import { stationIn } from "../station-path.ts";
import type { Dispensations, Leave, PasswordProfile } from "./dispensation.ts";
import type { Attempt, FailedAttempts } from "./failed-attempts.ts";
import type { PasswordCheck } from "./password-check.ts";

export type BasicShown = {
  readonly kind: "shown";
  readonly station: StationId;
  readonly leave: Leave;
  /** How the password was written: {@link formDeviation} judges it once the version is agreed. */
  readonly form: PasswordForm;
};
export type BasicRefused = {
  readonly kind: "refused";
  readonly status: 401 | 404 | 429 | 503;
  /** For us: kebab-case. The peer learns the status alone. */
  readonly reason: "no-such-path" | "too-often" | "no-credentials" | "other-user" | "wrong-password" | "busy";
  readonly station?: StationId;
};

export type BasicDoorPorts = {
  readonly clock: Clock;
  readonly dispensations: Dispensations;
  readonly attempts: FailedAttempts;
  readonly passwords: PasswordCheck;
};

export class BasicDoor {
  private readonly ports: BasicDoorPorts;

  constructor(ports: BasicDoorPorts) {
    this.ports = ports;
  }

  async identify(request: UpgradeRequest, profile: PasswordProfile): Promise<BasicShown | BasicRefused> {
    const { attempts, clock } = this.ports;
    const nowMs = () => clock.now().monotonicMs;
    const { address } = request.peer;
    const station = stationIn(request.path);
    if (station === undefined) {
      attempts.failed(address, nowMs());
      return { kind: "refused", status: 404, reason: "no-such-path" };
    }
    const attempt = attempts.begin(address, station, nowMs);
    if (attempt === undefined) return { kind: "refused", status: 429, reason: "too-often", station };
    let found: BasicShown | BasicRefused | undefined;
    try {
      found = await this.judged({ request, station, profile, known: attempt.known });
      return found;
    } finally {
      settle(attempt, found);
    }
  }

  private async judged(asked: {
    readonly request: UpgradeRequest;
    readonly station: StationId;
    readonly profile: PasswordProfile;
    readonly known: boolean;
  }): Promise<BasicShown | BasicRefused> {
    const { clock, dispensations, passwords } = this.ports;
    const { request, station, profile, known } = asked;
    const unauthorised = (reason: BasicRefused["reason"]): BasicRefused => ({
      ...{ kind: "refused", status: 401, reason, station },
    });
    const credentials = basicCredentials(request.authorization ?? "");
    if (credentials === undefined) return unauthorised("no-credentials");
    if (!isUser(credentials, station)) return unauthorised("other-user");
    const given = dispensations.inForce(station, profile, clock.now());
    const { secret, form } = passwordForm(credentials.password);
    const checked = await passwords.check({ station, secret, passwordHash: given?.passwordHash, known });
    if (checked === "busy") return { kind: "refused", status: 503, reason: "busy", station };
    if (checked === "wrong" || given === undefined) return unauthorised("wrong-password");
    const { passwordHash } = given;
    return { kind: "shown", station, form, leave: { station, securityProfile: profile, passwordHash } };
  }
}

function settle(attempt: Attempt, found: BasicShown | BasicRefused | undefined): void {
  if (found?.kind === "shown") attempt.succeeded();
  else if (found?.status === 401) attempt.failed();
  else attempt.dropped();
}
