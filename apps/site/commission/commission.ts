/**
 * Commissioning of a managed site: each device of its document is looked at where it truly is, outlets' phases are seen at the meter,
 * reverts are proven by watching them. Nothing is changed at a device but test setpoints, and those fall back or are taken back, also where it
 * is broken off.
 *
 * The devices are spoken to directly, so the site controller must not run: two masters would prove nothing.
 */
import { createHash } from "node:crypto";
import type { Device, EnergyConfig } from "@wattward/energy";
import type { Chance, Clock, SiteId } from "@wattward/kernel";
import { type Dial, ModbusClient } from "@wattward/modbus";
import { wiredBelow } from "../energy-controller/devices/fleet.ts";
import { MeterDriver } from "../energy-controller/devices/meter.ts";
import { SunSpecUnit } from "../energy-controller/devices/sunspec-unit.ts";
import { lookAt } from "./look.ts";
import { checkPhases, isTurned, notChecked, phasesAgree } from "./phases.ts";
import type { Place, Plan } from "./plan.ts";
import type { CommissionReport, DeviceReport, Finding, PhaseReport } from "./report.ts";

export type CommissionPorts = {
  readonly site: SiteId;
  readonly software: string;
  readonly clock: Clock;
  readonly chance: Chance;
  dial(place: Place): Dial;
  readonly provesReverts: boolean;
  /** Absent: nobody is there to start loads. */
  readonly ask?: (sentence: string) => Promise<boolean>;
  /** `of` devices, this is the `step`-th, from 1. */
  progress(step: number, of: number, sentence: string): void;
  /** Aborted: a device under proof is freed, and commissioning rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** This device could not be freed: it may hold what it was told, for ever. */
  held(device: string, why: string): void;
};

export async function commission(
  plan: Plan,
  text: string,
  ports: CommissionPorts,
): Promise<CommissionReport> {
  const { places, config } = plan;
  const devices: DeviceReport[] = [];
  const steps = places.length + 1;
  for (const [i, { device, place }] of places.entries()) {
    const say = (sentence: string) => ports.progress(i + 1, steps, `${device.id}: ${sentence}`);
    say(place === undefined ? "the document does not say where it is" : `${place.host}:${place.port}`);
    if (place === undefined) {
      const sentence = "modbus has no entry for it: add host, port, tls and deviceUnit";
      devices.push({
        device: device.id,
        kind: device.is.kind,
        findings: [{ level: "fault", about: "reachable", sentence }],
      });
      continue;
    }
    ports.signal.throwIfAborted();
    const report = await looked({ device, place, config }, ports, say);
    for (const { level, about, sentence } of report.findings) say(`${level} ${about}: ${sentence}`);
    devices.push(report);
  }
  const phases = await phasesOf(plan, ports, (sentence) => ports.progress(steps, steps, sentence));
  const faultless = devices.every(({ findings }) => findings.every(({ level }) => level !== "fault"));
  return {
    ...{
      schema: 1,
      site: ports.site,
      atWallMs: Math.round(ports.clock.now().wallMs),
      software: ports.software,
    },
    documentSha256: createHash("sha256").update(text, "utf8").digest("hex"),
    ...{ devices, phases, passed: faultless && phases.every(phasesAgree) },
  };
}

/** Somebody waits for each answer, and a device that is to be freed is tried as often as can be. */
const AT_ONCE = { firstMs: 0, maxMs: 0 };

type At = { readonly device: Device; readonly place: Place; readonly config: EnergyConfig };

async function looked(
  { device, place, config }: At,
  ports: CommissionPorts,
  say: (sentence: string) => void,
): Promise<DeviceReport> {
  const { clock, chance, provesReverts, signal } = ports;
  const { deviceUnit } = place;
  const client = new ModbusClient({ dial: ports.dial(place), clock, chance, limits: { redialMs: AT_ONCE } });
  const holds: Finding[] = [];
  const held = (why: string) => {
    ports.held(device.id, why);
    const sentence = `it may hold what it was told, for ever: ${why}. See to the device itself`;
    holds.push({ level: "fault", about: "revert", sentence });
  };
  try {
    const at = { clock, client, deviceUnit, provesReverts, signal, say, held };
    const report = await lookAt(device, config, at);
    return { ...report, findings: [...report.findings, ...holds] };
  } finally {
    client.close();
  }
}

async function phasesOf(
  { config, places }: Plan,
  { ask, clock, chance, dial, signal }: CommissionPorts,
  say: (sentence: string) => void,
): Promise<readonly PhaseReport[]> {
  signal.throwIfAborted();
  const { site } = config;
  const top = site.fuses.find(({ parent }) => parent === undefined)!;
  const meter = site.meters.find(({ fuse }) => fuse === top.id);
  const at = places.find(({ device: { is } }) => is.kind === "meter" && is.meter === meter?.id)?.place;
  if (ask === undefined || at === undefined) {
    say(`phases: not checked, ${ask === undefined ? "nobody is asked" : "no meter at the grid connection"}`);
    return notChecked(config);
  }
  const client = new ModbusClient({ dial: dial(at), clock, chance });
  const unit = new SunSpecUnit(client, at.deviceUnit, () => clock.now().monotonicMs);
  const { is } = config.devices.find(
    (device) => device.is.kind === "meter" && device.is.meter === meter?.id,
  )!;
  const inverted = is.kind === "meter" && is.inverted === true;
  const driver = new MeterDriver(unit, { wired: wiredBelow(site, top.id), inverted });
  const currentMa = async () => {
    const reading = (await driver.poll()) === undefined ? driver.reading : undefined;
    // Most meters tell currents without a sign: their power has it.
    return reading?.currentMa.map((ma, i) => {
      const w = reading.powerW?.[i] ?? 0;
      return w === 0 ? ma : Math.sign(w) * Math.abs(ma);
    });
  };
  const reports = await checkPhases(config, { clock, ask, currentMa, signal }).finally(() => client.close());
  for (const report of reports) {
    const seen = report.seen === "not-checked" ? "not checked" : report.seen.join(", ") || "on no phase";
    if (report.inverted === true)
      say(
        `fault phases of ${report.outlet}: its load leaves the site: the grid meter is the wrong way round`,
      );
    else if (isTurned(report))
      say(
        `look phases of ${report.outlet}: a load on one phase came on ${seen}, and the document has ${report.expected[0]} first, where such loads are: is its wiring in the order of its terminals?`,
      );
    say(
      `${phasesAgree(report) ? "good" : "fault"} phases of ${report.outlet}: ${seen} (${report.expected.join(", ")})`,
    );
  }
  return reports;
}
