/** One scenario, an attack or a benign day, against the production guard on simulated time, and what the guard told of it. */
import type { Request } from "@wattward/modbus";
import { policyText, world } from "../../../apps/site/modbus-guard/testing/world.ts";
import { devicesAtWork, emsAtWork, vendorAtWork } from "./at-work.ts";
import { type Attack, attacks } from "./attacks.ts";
import { FOR_MS, LIMIT_W, Play, SETPOINT } from "./play.ts";

export type Scenario = Attack | "benign";

/** What a scenario is rightly told as, of whoever attacks; the first is what it must be told as, where it does not say another. */
const shows: Readonly<Record<Scenario, readonly string[]>> = {
  "AT-M1": ["unauthorised-write", "register-scan", "function-scan"],
  "AT-M2": ["value-out-of-bounds", "oscillation"],
  "AT-M3": ["oscillation"],
  "AT-M4": ["unit-scan"],
  "AT-M5": ["function-scan", "register-scan", "value-out-of-bounds", "listen-only", "malformed"],
  "AT-M6": ["register-scan", "function-scan"],
  "AT-M7": ["exception-storm", "flood"],
  "AT-M8": ["replay", "late-answer", "unasked-answer"],
  "AT-M9": ["unknown-master"],
  "AT-M11": ["malformed"],
  "AT-M12": ["listen-only"],
  benign: [],
};

/** Of whoever attacks also right: that what he asked was refused, and that he asked faster than he may. */
const refused = ["unauthorised-read", "unauthorised-write", "flood"];

export type Outcome = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly how: string;
  readonly recognised: boolean;
  /** What was told that was not so: an incident of another class, or of somebody who did nothing. */
  readonly wrong: readonly string[];
  readonly right: number;
  /** Writes that reached a device and had no business there. */
  readonly through: number;
  /** As the policy calls him, or his address. */
  readonly attacker: string;
  /** Of what the energy controller asked beside it, the part that was answered. */
  readonly served: number;
};

/** One scenario to its end, beside masters at their work. */
export async function played(scenario: Scenario, seed: number): Promise<Outcome> {
  const w = await world({ seed, guard: policyText() });
  const guard = await w.start();
  const play = new Play(w, seed);
  void emsAtWork(play);
  if (scenario === "benign") {
    void vendorAtWork(play);
    void devicesAtWork(play);
  }
  let done = false;
  const happens = scenario === "benign" ? () => play.pause(10 * FOR_MS) : () => attacks[scenario](play);
  void play
    .pause(play.int(0, 5_000))
    .then(happens)
    .then(() => (done = true));
  await w.time.until(() => done, scenario === "benign" ? 11 * FOR_MS : FOR_MS);
  await w.time.advance(2_000);
  play.end();
  const outcome = judged(scenario, seed, play);
  await guard.close();
  return outcome;
}

function judged(scenario: Scenario, seed: number, { attacker, honest, how, mustTell, w }: Play): Outcome {
  const told = w.observed.flatMap(({ kind, detail }) => {
    const [, what = ""] = /^modbus\.(.*)$/.exec(kind) ?? [];
    return / begun: /.test(detail) ? [{ what, detail }] : [];
  });
  const isOf = new RegExp(`(^|[ (])${attacker.replaceAll(".", "\\.")}([ ,:]|$)`);
  const right: ReadonlySet<string> = new Set([...shows[scenario], ...refused]);
  const isRight = ({ what, detail }: { what: string; detail: string }) =>
    scenario === "benign" ? what === "unauthorised-read" : right.has(what) && isOf.test(detail);
  const must = mustTell ?? shows[scenario][0];
  const mayWrite = ({ request }: { request: Request }) =>
    request.kind.startsWith("read-write") || !request.kind.startsWith("read");
  const through = [...w.battery.asked, ...w.meter.asked].filter(
    (asked) => mayWrite(asked) && !isWithin(asked.request),
  ).length;
  return {
    ...{ scenario, seed, how, through, attacker },
    recognised: told.some(({ detail, what }) => what === must && isOf.test(detail)),
    wrong: told.filter((one) => !isRight(one)).map(({ detail }) => detail),
    right: told.filter(isRight).length,
    served: honest.served / Math.max(1, honest.asked),
  };
}

function isWithin(request: Request): boolean {
  const values =
    request.kind === "write-single-register"
      ? [request.value]
      : request.kind === "write-multiple-registers"
        ? request.registers
        : undefined;
  if (values?.length !== 1 || !("address" in request) || request.address !== SETPOINT) return false;
  return Math.abs(((values[0]! & 0xffff) << 16) >> 16) <= LIMIT_W;
}
