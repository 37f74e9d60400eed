/** One device as commissioning sees it: reachable, what models, what it tells, whether its nameplate bears out the document, its revert. */
import { type Battery, type Device, type EnergyConfig, externalStart, type Solar } from "@wattward/energy";
import { type Clock, ok, type Result, sleep } from "@wattward/kernel";
import type { ModbusClient } from "@wattward/modbus";
import type { KnownModel } from "@wattward/modbus/sunspec";
import { type Bases, basesOf, derWords, storageWords } from "../energy-controller/devices/battery-orders.ts";
import {
  POWER,
  readCharge,
  readNameplate,
  readTemperature,
  type Told,
} from "../energy-controller/devices/battery-readings.ts";
import { ContactorDriver } from "../energy-controller/devices/contactor.ts";
import { wiredBelow } from "../energy-controller/devices/fleet.ts";
import { LimitSignalDriver } from "../energy-controller/devices/limit-signal.ts";
import { meterReading } from "../energy-controller/devices/meter.ts";
import { fullPowerW } from "../energy-controller/devices/solar.ts";
import { numberAt, SunSpecUnit } from "../energy-controller/devices/sunspec-unit.ts";
import type { Trouble } from "../energy-controller/devices/trouble.ts";
import { type DeviceReport, type Finding, NOT_TRIED } from "./report.ts";
import { FEEDS_W_MIN, type Proof, proveLimitRevert, proveRevert } from "./revert-proof.ts";

export type LookPorts = {
  readonly clock: Clock;
  readonly client: ModbusClient;
  readonly deviceUnit: number;
  /** Writes setpoints: only where somebody said so. */
  readonly provesReverts: boolean;
  /** Aborted: a device under proof is freed, and the look rejects with the signal's reason. */
  readonly signal: AbortSignal;
  say(sentence: string): void;
  /** The device may hold what it was told, for ever. */
  held(why: string): void;
};

const METERS = [203, 213, 204, 214, 202, 212, 201, 211] as const;
const INVERTERS = [701, 103, 113, 102, 112, 101, 111] as const;
/** Of a battery: control, state, DER storage. */
const STORAGE = [124, 802, 713, 715] as const;
const DEFAULT_REVERT_MS = 60_000;
/** A control box's heart beats once a second. */
const HEART_MS = 5_000;
const HEART_LOOK_MS = 500;

const good = (about: string, sentence: string): Finding => ({ level: "good", about, sentence });
const look = (about: string, sentence: string): Finding => ({ level: "look", about, sentence });
const fault = (about: string, sentence: string): Finding => ({ level: "fault", about, sentence });

export async function lookAt(device: Device, config: EnergyConfig, ports: LookPorts): Promise<DeviceReport> {
  const { is, id } = device;
  const about = { device: id, kind: is.kind };
  if (is.kind === "limit-signal" || is.kind === "contactor")
    return { ...about, findings: await plain(device, ports) };
  const unit = new SunSpecUnit(ports.client, ports.deviceUnit, () => ports.clock.now().monotonicMs);
  // Nobody knows its map yet, and somebody waits for it.
  const found = await unit.models({ patient: true });
  if (!found.ok) {
    const what = found.fault.kind === "unsuited" ? "models" : "reachable";
    return { ...about, findings: [fault(what, found.fault.sentence)] };
  }
  const models = found.value.models.map(({ id: model, address, length }) => ({ id: model, address, length }));
  const findings = [
    good("reachable", `it answers as unit ${ports.deviceUnit}, its map at ${found.value.base}`),
    good("models", models.map((model) => model.id).join(", ")),
    ...found.value.oddities.map((oddity) => look("models", oddity)),
  ];
  const rest =
    is.kind === "meter"
      ? await meter(unit, config, is.meter)
      : is.kind === "solar"
        ? await solar(unit, config, { device, ports })
        : await battery(unit, config, { device, ports });
  return { ...about, models, ...rest, findings: [...findings, ...rest.findings] };
}

type Rest = Pick<DeviceReport, "findings" | "rated" | "revert">;

/** What is no SunSpec: a contactor, a control box. */
async function plain({ is }: Device, ports: LookPorts): Promise<Finding[]> {
  const { client, deviceUnit, clock } = ports;
  if (is.kind === "contactor") {
    const driver = new ContactorDriver(client, deviceUnit, is.fuse);
    const wrong = await driver.poll();
    if (wrong !== undefined) return [fault("reachable", wrong.sentence)];
    const isOpen = look("values", "it is open: whatever hangs below it has no power");
    return [answers(deviceUnit), driver.closed === true ? good("values", "it is closed") : isOpen];
  }
  const relay = is.kind === "limit-signal" ? is.relay : undefined;
  const driver = new LimitSignalDriver(client, deviceUnit, relay);
  const wrong = await driver.poll();
  if (wrong !== undefined) return [fault("reachable", wrong.sentence)];
  return [answers(deviceUnit), await heard(driver, clock, ports.signal)];
}

const answers = (deviceUnit: number): Finding => good("reachable", `it answers as unit ${deviceUnit}`);

/** What the box says is not believed before its heart is seen to beat. */
async function heard(driver: LimitSignalDriver, clock: Clock, signal: AbortSignal): Promise<Finding> {
  const nowMs = () => clock.now().monotonicMs;
  const untilMs = nowMs() + HEART_MS;
  for (;;) {
    const [word] = driver.signals(externalStart(nowMs()));
    if (word?.kind === "limit") return good("values", `its limit holds: ${word.limitW} W`);
    if (word?.kind === "release") return good("values", "it says that no limit holds");
    if (nowMs() >= untilMs)
      return fault(
        "values",
        `its heartbeat stood still for ${HEART_MS / 1000} s: nothing it says is believed`,
      );
    signal.throwIfAborted();
    await sleep(clock, HEART_LOOK_MS);
    const wrong = await driver.poll();
    if (wrong !== undefined) return fault("values", wrong.sentence);
  }
}

async function meter(unit: SunSpecUnit, { site }: EnergyConfig, meterId: string): Promise<Rest> {
  const found = unit.first(...METERS);
  if (found === undefined)
    return { findings: [fault("models", "none of them is a meter (201 to 204, 211 to 214)")] };
  const seen = await unit.read(found);
  if (!seen.ok) return { findings: [fault("values", seen.fault.sentence)] };
  const { fuse } = site.meters.find(({ id }) => id === meterId)!;
  const { currentMa, powerW } = meterReading(seen.value, wiredBelow(site, fuse));
  if (!currentMa.every(Number.isFinite))
    return {
      findings: [fault("phases", "it does not tell the current of every phase that is wired below it")],
    };
  const amps = currentMa.map((ma) => `${(ma / 1000).toFixed(1)} A`).join(", ");
  const signs =
    powerW === undefined
      ? look("values", "it tells no power per phase, so the direction of a current has to be in its sign")
      : good(
          "values",
          `power ${powerW.map((w) => `${Math.round(w)} W`).join(", ")}; import is positive: compare with the meter's own display`,
        );
  return { findings: [good("phases", `L1, L2, L3: ${amps}`), signs] };
}

/** Above what its document says: by rounding, and at the edge of a cloud. */
const FEED_TIMES_MAX = 1.05;

type Looked = { readonly device: Device; readonly ports: LookPorts };

async function solar(unit: SunSpecUnit, config: EnergyConfig, { device, ports }: Looked): Promise<Rest> {
  const { is } = device;
  const source = config.site.sources.find(({ id }) => is.kind === "solar" && id === is.source);
  if (source?.kind !== "solar") return { findings: [fault("models", "the document has no such inverter")] };
  const found = unit.first(...INVERTERS);
  if (found === undefined)
    return { findings: [fault("models", "none of them is an inverter (701, 101 to 113)")] };
  const seen = await unit.read(found);
  if (!seen.ok) return { findings: [fault("values", seen.fault.sentence)] };
  const w = numberAt(seen.value, "W");
  const findings = [
    w === undefined ? fault("values", "it tells no power") : feedOf(w, source),
    ...perhapsBattery(unit),
  ];
  if (is.kind !== "solar" || is.exportWMax === undefined) return { findings };
  const control = unit.first(704, 123);
  if (control === undefined)
    return { findings: [...findings, fault("models", "its feed cannot be limited: neither 704 nor 123")] };
  const controls = await unit.read(control);
  const timer = control.id === 704 ? "WMaxLimPctRvrtTms" : "WMaxLimPct_RvrtTms";
  if (!controls.ok || numberAt(controls.value, timer) === undefined)
    return {
      findings: [...findings, fault("revert", `it has no ${timer}, so it is never limited`)],
    };
  findings.push(good("revert", `it has ${timer}`));
  const of = { unit, control, power: found, feedW: w ?? 0 };
  const { revert, finding } = await solarRevert(source, of, ports);
  return { findings: [...findings, finding], ...(revert !== undefined && { revert }) };
}

/** What the loop does not believe it counts as unknown: at a true noon, all of it. */
function feedOf(w: number, { feedWMax }: Solar): Finding {
  const feeds = `it feeds ${Math.round(w)} W`;
  return w > FEED_TIMES_MAX * feedWMax
    ? fault("values", `${feeds}, the document has it feed ${feedWMax} W at most (feedWMax)`)
    : good("values", feeds);
}

/** A hybrid inverter has storage models as well: so it is no fault. */
function perhapsBattery(unit: SunSpecUnit): Finding[] {
  const storage = STORAGE.filter((id) => unit.first(id) !== undefined);
  return storage.length === 0
    ? []
    : [
        look(
          "models",
          `${storage.join(", ")} say battery: was it swapped with one? Only a hybrid inverter has them too`,
        ),
      ];
}

type LimitOf = {
  readonly unit: SunSpecUnit;
  readonly control: KnownModel;
  readonly power: KnownModel;
  readonly feedW: number;
};

async function solarRevert(source: Solar, of: LimitOf, ports: LookPorts): Promise<Revert> {
  const not = (why: string) => ({ finding: look("revert", `${NOT_TRIED}: ${why}`) });
  if (!ports.provesReverts) return not("say --prove-reverts, while the sun shines");
  if (of.feedW < FEEDS_W_MIN)
    return not(`it feeds less than ${FEEDS_W_MIN} W, and would show nothing; come again when the sun shines`);
  const fullW = await fullPowerW(of.unit);
  if (typeof fullW === "object") return { finding: fault("revert", fullW.sentence) };
  const revertMs = source.revert?.kind === "proven" ? source.revert.afterMs : DEFAULT_REVERT_MS;
  const revert = await proveLimitRevert({
    ...{ ...of, ...ports, revertMs },
    fullW: fullW ?? Math.max(1, source.feedWMax),
  });
  if (revert === undefined)
    return not("the sun went while it was watched; come again when it shines steadily");
  return { revert, finding: toldOf(revert, source.revert) };
}

const toldOf = (revert: Proof, written: Battery["revert"] | undefined): Finding =>
  revert.kind === "proven"
    ? good("revert", `fell back by itself ${Math.round(revert.watchedMs / 1000)} s after it was told last`)
    : written?.kind === "proven"
      ? fault("revert", `the document says it is proven, and ${revert.why}`)
      : look("revert", revert.why);

async function battery(unit: SunSpecUnit, config: EnergyConfig, { device, ports }: Looked): Promise<Rest> {
  const source = config.site.sources.find(
    ({ id }) => device.is.kind === "battery" && id === device.is.source,
  );
  if (source?.kind !== "battery") return { findings: [fault("models", "the document has no such battery")] };
  const power = unit.first(...POWER);
  const control = unit.first(704, 124);
  if (power === undefined)
    return { findings: [fault("models", "none of them tells a power (701, 101 to 113, 802)")] };
  const told = await nameplate(unit, control);
  const charge = await readCharge(unit, 0);
  const findings = [
    ...bornOut(source, told),
    await powerOf(unit, power),
    chargeOf(unit, charge),
    ...(await temperatureOf(unit, source)),
  ];
  const chargePermille = charge.ok ? charge.value?.value : undefined;
  const by = control && (await steeredBy(unit, control));
  const bases = by?.ok === false ? "nothing" : by?.value;
  const rated = bases === undefined || bases === "watts" ? told : bases;
  const { finding, revert } = await batteryRevert(
    source,
    { unit, power, control, by, chargePermille },
    ports,
  );
  return {
    findings: [...findings, finding],
    ...(rated !== "nothing" && { rated }),
    ...(revert !== undefined && { revert }),
  };
}

/** What its setpoints are in: the per cents of 124 are of the power that the controller takes them to be of, and the guard reckons by the same. */
type SteeredBy = "watts" | "nothing" | Bases;

async function steeredBy(unit: SunSpecUnit, control: KnownModel): Promise<Result<SteeredBy, Trouble>> {
  if (control.id === 704) return ok("watts");
  const plate = await readNameplate(unit, 0);
  if (!plate.ok) return plate;
  const seen = await unit.read(control);
  return seen.ok ? ok(basesOf(seen.value, plate.value?.value) ?? "nothing") : seen;
}

type Revert = { readonly revert?: Proof | undefined; readonly finding: Finding };
type SteeredOf = {
  readonly unit: SunSpecUnit;
  readonly power: KnownModel;
  readonly control: KnownModel | undefined;
  readonly by: Result<SteeredBy, Trouble> | undefined;
  readonly chargePermille: number | undefined;
};

async function batteryRevert(
  source: Battery,
  { unit, power, control, by, chargePermille }: SteeredOf,
  ports: LookPorts,
): Promise<Revert> {
  const not = (why: string): Revert => ({ finding: look("revert", `${NOT_TRIED}: ${why}`) });
  const of = (revert: Proof): Revert => ({ revert, finding: toldOf(revert, source.revert) });
  if (control === undefined || by === undefined)
    return of({ kind: "unproven", why: "it cannot be steered: neither 704 nor 124" });
  if (!by.ok) return { finding: fault("revert", by.fault.sentence) };
  const bases = by.value;
  if (bases === "nothing")
    return of({ kind: "unproven", why: "it cannot be steered: 124 does not tell what its per cents are of" });
  if (!ports.provesReverts) return not("say --prove-reverts, with the site at rest");
  if (chargePermille === undefined) return not("nobody knows how much it is charged");
  const revert = await proveRevert({
    ...{ unit, control, power, battery: source, chargePermille },
    words: bases === "watts" ? derWords : storageWords(() => bases),
    revertMs: source.revert.kind === "proven" ? source.revert.afterMs : DEFAULT_REVERT_MS,
    ...ports,
  });
  return revert === undefined
    ? not("as charged as it is, the document lets it go no way that would show")
    : of(revert);
}

async function powerOf(unit: SunSpecUnit, power: KnownModel): Promise<Finding> {
  const seen = await unit.read(power);
  if (!seen.ok) return fault("values", seen.fault.sentence);
  const w = numberAt(seen.value, "W");
  return w === undefined
    ? fault("values", `it tells no power (${power.id})`)
    : good("values", `it feeds ${Math.round(w)} W`);
}

function chargeOf(unit: SunSpecUnit, charge: Awaited<Told>): Finding {
  if (!charge.ok) return fault("values", charge.fault.sentence);
  if (charge.value !== undefined)
    return good("values", `charged to ${Math.round(charge.value.value) / 10} %`);
  return STORAGE.some((id) => unit.first(id) !== undefined)
    ? fault("values", "it tells no state of charge (713, 802, 124)")
    : fault(
        "models",
        `none of them is a battery's (${STORAGE.join(", ")}): was it swapped with an inverter?`,
      );
}

async function temperatureOf(unit: SunSpecUnit, { temperatureC }: Battery): Promise<Finding[]> {
  const told = await readTemperature(unit, temperatureC, 0);
  if (!told.ok) return [fault("values", told.fault.sentence)];
  return told.value === undefined
    ? [look("values", "it tells no temperature (803, 714, 701, 101 to 113), so it always rests")]
    : [good("values", `it has ${Math.round(told.value.value)} °C`)];
}

async function nameplate(
  unit: SunSpecUnit,
  control: KnownModel | undefined,
): Promise<NonNullable<DeviceReport["rated"]>> {
  const read = async (id: number, path: string) => {
    const found = unit.first(id);
    const seen = found && (await unit.read(found));
    const w = seen?.ok === true ? numberAt(seen.value, path) : undefined;
    return w !== undefined && w > 0 ? w : undefined;
  };
  const chargeW =
    (control?.id === 124 ? await read(124, "WChaMax") : undefined) ??
    (await read(802, "WChaRteMax")) ??
    (await read(702, "WChaRteMaxRtg")) ??
    (await read(120, "MaxChaRte"));
  const dischargeW =
    (await read(802, "WDisChaRteMax")) ??
    (await read(702, "WDisChaRteMaxRtg")) ??
    (await read(120, "MaxDisChaRte"));
  return { ...(chargeW !== undefined && { chargeW }), ...(dischargeW !== undefined && { dischargeW }) };
}

function bornOut(
  { chargeWMax, dischargeWMax }: Battery,
  rated: NonNullable<DeviceReport["rated"]>,
): Finding[] {
  const one = (what: string, writtenW: number, ratedW: number | undefined): Finding =>
    ratedW === undefined
      ? look("nameplate", `it tells no greatest ${what} power`)
      : writtenW > ratedW
        ? fault("nameplate", `the document has it ${what} with ${writtenW} W, its nameplate with ${ratedW} W`)
        : good("nameplate", `${what} with ${writtenW} W of its ${ratedW} W`);
  return [one("charging", chargeWMax, rated.chargeW), one("discharging", dischargeWMax, rated.dischargeW)];
}
