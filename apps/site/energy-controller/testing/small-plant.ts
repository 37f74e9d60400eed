/**
 * A whole managed site around the production energy controller, on simulated time: cars at outlets that obey at once, a meter, a battery,
 * solar, a control box, a contactor as register banks behind a simulated guard, and a local controller that does what the contract
 * says and no more.
 */
import type {
  Device,
  EnergyConfig,
  EnergyQuarter,
  EnergySnapshot,
  Grant,
  OutletId,
  SourceId,
} from "@wattward/energy";
import { everyWired } from "@wattward/energy";
import { smallSite } from "@wattward/energy/testing";
import { type Clock, every, failed, type Log, ok, type SiteId, silentLog } from "@wattward/kernel";
import { type Dial, serve } from "@wattward/modbus";
import { SimulatedModbusNetwork } from "@wattward/modbus/testing";
import type { EnergyLimit } from "@wattward/sitelink";
import { mortalClock, SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { type LineLink, lineLink } from "../../energy-link/line-link.ts";
import type { FromEnergy, FromLocal, ToldSession } from "../../energy-link/messages.ts";
import { parseFromEnergy } from "../../energy-link/parse.ts";
import { fakeBundle } from "../../testing/fake-csms.ts";
import {
  createEnergyController,
  type EnergyController,
  type EnergyControllerPorts,
} from "../energy-controller.ts";
import { batteryModels, solarModels } from "./small-plant-models.ts";
import { answerer, BankDevice } from "./sunspec-bank.ts";

export const UNITS = { meter: 1, battery: 2, solar: 3, signal: 4, contactor: 5 } as const;
const VOLTAGE_V = 230;
const STEP_MS = 100;
const signature = Buffer.alloc(64, 1).toString("base64");

export type PlantSettings = {
  readonly seed?: number;
  readonly outlets?: number;
  readonly mainA?: number;
  readonly baseA?: number;
  readonly battery?: Parameters<typeof smallSite>[0]["battery"];
  readonly solarW?: number;
  readonly config?: Partial<EnergyConfig>;
  readonly devices?: readonly Device[];
  readonly planner?: EnergyControllerPorts["planner"];
  /** Which models the battery has. */
  readonly steering?: 124 | 704;
  readonly log?: Log;
  /** Between the simulated clock and the controller: one that jumps, or stands still. */
  readonly clock?: (clock: Clock) => Clock;
};

export type Car = {
  readonly id: string;
  wantsMa: number;
  limitMa: number;
  /** Gives back what it is told to. */
  dischargeMa?: number;
  readonly sinceMs: number;
  /** What the local controller knows besides. */
  needs: Partial<ToldSession>;
};

export class SmallPlant {
  readonly time = simulatedTime();
  readonly chance;
  readonly disk;
  readonly network: SimulatedModbusNetwork;
  readonly devices: Map<number, BankDevice>;
  readonly cars = new Map<string, Car>();
  readonly turns: { readonly atMs: number; readonly turn: FromEnergy }[] = [];
  readonly quarters: EnergyQuarter[] = [];
  readonly fatals: string[] = [];
  config: EnergyConfig;
  controller: EnergyController | undefined;
  baseMa: readonly [number, number, number] = [2_000, 2_000, 2_000];
  sunW = 0;
  feedW = 0;
  chargePermille = 500;
  meterFault: "none" | "frozen" | "nan" = "none";
  /** Ignores setpoints: acknowledges, and does nothing. */
  batteryIgnores = false;
  /** Its revert timer runs out, and nothing happens. */
  batteryKeepsForEver = false;
  snapshot: EnergySnapshot | undefined;
  /** The timer of its limit runs out, and nothing happens. */
  solarKeepsForEver = false;
  /** What the local controller knows of the CSMS; an acknowledgement is said once. */
  csmsEpoch = 1;
  ackedWallMs: number | undefined;
  /** What the local controller tells that a station may live on, in the place of what was granted. */
  inForceMa: number | undefined;
  /** Outlets that nothing limits, by the local controller's word. */
  unlimited: readonly OutletId[] = [];
  /** The meter was installed the wrong way round. */
  isTurned = false;
  /** Nothing changes at the devices by itself. */
  isStill = false;
  private readonly settings: PlantSettings;
  private lines: LineLink | undefined;
  private outcomes: FromLocal["outcomes"][number][] = [];
  private seq = 0;
  private version = 0;
  private clock: ReturnType<typeof mortalClock> | undefined;
  private setAtMs = 0;

  constructor(settings: PlantSettings = {}) {
    this.settings = settings;
    this.chance = seededChance(settings.seed ?? 1);
    this.disk = new SimulatedDisk(seededChance(7));
    this.network = new SimulatedModbusNetwork(this.time, this.chance);
    this.config = configOf(settings);
    const nowMs = () => this.time.now().monotonicMs;
    this.devices = new Map([
      [UNITS.meter, new BankDevice(nowMs, { 203: { A_SF: -2, V_SF: -1, W_SF: 1 } })],
      [UNITS.battery, new BankDevice(nowMs, batteryModels(settings.steering ?? 124))],
      [UNITS.solar, new BankDevice(nowMs, solarModels)],
      [UNITS.signal, new BankDevice(nowMs, {})],
      [UNITS.contactor, new BankDevice(nowMs, {})],
    ]);
    const answer = answerer(this.devices, (ms, run) => void this.time.after(ms, run));
    this.network.listen("guard", (link) => void serve(link, { clock: this.time, answer }));
    this.network.listen("local", (bytes) => this.connected(lineLink(bytes)));
    every(this.time, STEP_MS, () => this.move());
    every(this.time, 1_000, () => this.state());
    this.publish(this.config);
  }

  get nowMs(): number {
    return this.time.now().monotonicMs;
  }

  device(name: keyof typeof UNITS): BankDevice {
    return this.devices.get(UNITS[name])!;
  }

  /** A document in the next version of the bundle, where the local controller keeps it. */
  publish(config: EnergyConfig | undefined, energy = JSON.stringify(config), limit?: EnergyLimit): void {
    if (config !== undefined) this.config = config;
    const bundle = fakeBundle("lyon", ["A"], {
      version: ++this.version,
      ...(config !== undefined && { energy }),
      ...(limit !== undefined && { energyLimit: limit }),
    });
    const signed = { body: JSON.stringify(bundle), signature, signer: "PEM" };
    this.disk.damage("state/bundle.json", new TextEncoder().encode(JSON.stringify(signed)));
  }

  async start(): Promise<void> {
    const { planner, clock: bent = (clock: Clock) => clock } = this.settings;
    const clock = (this.clock = mortalClock(bent(this.time)));
    const local = this.network.dialer("local");
    const dial = this.dialGuard ?? this.network.dialer("guard");
    this.controller = await createEnergyController({
      ...{
        site: "lyon" as SiteId,
        software: "0.1.0",
        clock,
        chance: this.chance,
        log: this.settings.log ?? silentLog,
      },
      disk: this.disk.boot(),
      trust: { verifyBundle: () => ({ kind: "valid" }) },
      dialGuard: dial,
      dialLocal: async () => {
        const dialled = await local();
        return dialled.ok ? ok(lineLink(dialled.value)) : failed(dialled.fault);
      },
      ...(planner && { planner }),
      fatal: (error) => void this.fatals.push(error.message),
    });
  }

  /** Instead of the simulated guard, from the next start on. */
  dialGuard: Dial | undefined;

  /** As SIGKILL would: none of its timers fires again, its connections end. */
  kill(): void {
    this.clock?.kill();
    this.network.reset();
    this.controller = undefined;
  }

  plugIn(outlet: number, wantsMa = 32_000, needs: Car["needs"] = {}): Car {
    const car = { id: `s${outlet}-${this.nowMs}`, wantsMa, limitMa: 0, sinceMs: this.nowMs, needs };
    this.cars.set(`o${outlet}`, car);
    this.state();
    return car;
  }

  unplug(outlet: number): void {
    this.cars.delete(`o${outlet}`);
    this.state();
  }

  /** What flows into the site on each phase. */
  trueMa(): readonly [number, number, number] {
    const cars = this.config.site.outlets.map(({ id, wiring }) =>
      everyWired(wiring, this.drawnMa(id)[0] ?? 0),
    );
    const feeds = everyWired(["L1", "L2", "L3"], ((this.feedW + this.sunFeedW) * 1_000) / (VOLTAGE_V * 3));
    const of = (i: 0 | 1 | 2) => this.baseMa[i] + cars.reduce((sum, ma) => sum + ma[i], 0) - feeds[i];
    return [of(0), of(1), of(2)];
  }

  /** What the sun gives, as far as it may. */
  get sunFeedW(): number {
    const solar = this.device("solar");
    const part = solar.value(123, "WMaxLim_Ena") === 1 ? solar.value(123, "WMaxLimPct") / 100 : 1;
    return Math.min(this.sunW, part * 20_000);
  }

  /** The line to the energy controller breaks; it dials again by itself. */
  breakLine(): void {
    this.lines?.destroy();
  }

  grants(): readonly (Grant & { readonly atMs: number })[] {
    return this.turns.flatMap(({ atMs, turn }) => turn.grants.map((grant) => ({ ...grant, atMs })));
  }

  observations(kind: string): string[] {
    return this.turns.flatMap(({ turn }) =>
      (turn.observations ?? []).filter((one) => one.kind === kind).map(({ detail }) => detail),
    );
  }

  private drawnMa(outlet: string): number[] {
    const car = this.cars.get(outlet);
    const ma = car === undefined ? 0 : Math.min(car.limitMa, car.wantsMa) - (car.dischargeMa ?? 0);
    return [ma, ma, ma];
  }

  private move(): void {
    if (this.isStill) return;
    this.moveBattery();
    this.moveSolar();
    this.device("solar").show(103, { W: Math.round(this.sunFeedW) });
    if (this.meterFault === "none") this.device("meter").show(203, this.metered());
    if (this.meterFault === "nan") this.device("meter").lay({ 203: { A_SF: -2, W_SF: 1, V_SF: -1 } });
  }

  private moveSolar(): void {
    const solar = this.device("solar");
    const seconds = solar.value(123, "WMaxLimPct_RvrtTms");
    const wroteMs = solar.writes.at(-1)?.atMs ?? 0;
    if (!this.solarKeepsForEver && seconds > 0 && this.nowMs - wroteMs > seconds * 1_000)
      solar.show(123, { WMaxLim_Ena: 0 });
  }

  private moveBattery(): void {
    const battery = this.device("battery");
    const storage = this.settings.steering !== 704;
    const wroteMs = battery.writes.at(-1)?.atMs ?? 0;
    if (wroteMs > this.setAtMs) this.setAtMs = wroteMs;
    const seconds = storage ? battery.value(124, "InOutWRte_RvrtTms") : battery.value(704, "WSetRvrtTms");
    if (!this.batteryKeepsForEver && seconds > 0 && this.nowMs - this.setAtMs > seconds * 1_000)
      battery.show(storage ? 124 : 704, storage ? { StorCtl_Mod: 0 } : { WSetEna: 0 });
    const on = storage ? battery.value(124, "StorCtl_Mod") === 3 : battery.value(704, "WSetEna") === 1;
    const setW = storage ? (battery.value(124, "OutWRte") / 100) * 20_000 : battery.value(704, "WSet");
    if (!this.batteryIgnores) this.feedW = on ? setW : 0;
    const charge = this.chargePermille / 10;
    if (storage) battery.show(103, { W: Math.round(this.feedW) });
    else battery.show(701, { W: Math.round(this.feedW) });
    battery.show(802, { SoC: charge });
  }

  /** A meter's last digits never stand still. */
  private metered() {
    const ma = this.trueMa().map((exact) => exact + this.chance.int(-40, 40));
    const [a, b, c] = [ma[0]! / 1_000, ma[1]! / 1_000, ma[2]! / 1_000];
    const sign = this.isTurned ? -1 : 1;
    const w = (amps: number) => sign * Math.round(amps * VOLTAGE_V);
    return {
      ...{ AphA: Math.abs(a), AphB: Math.abs(b), AphC: Math.abs(c), A_SF: -2 },
      ...{ PhVphA: VOLTAGE_V, PhVphB: VOLTAGE_V, PhVphC: VOLTAGE_V, V_SF: -1 },
      ...{ WphA: w(a), WphB: w(b), WphC: w(c), W: w(a) + w(b) + w(c), W_SF: 1 },
    };
  }

  private connected(link: LineLink): void {
    this.lines = link;
    link.listen({
      line: (text) => this.hear(text),
      closed: () => {
        if (this.lines === link) this.lines = undefined;
      },
    });
    this.state();
  }

  private hear(text: string): void {
    const read = parseFromEnergy(text);
    if (!read.ok) throw new Error(read.fault.sentence);
    const turn = read.value;
    this.turns.push({ atMs: this.nowMs, turn });
    this.quarters.push(...(turn.quarters ?? []));
    if (turn.snapshot !== undefined) this.snapshot = turn.snapshot;
    for (const { outlet, session, seq, limitMa, dischargeMa = 0 } of turn.grants) {
      this.seq = Math.max(this.seq, seq);
      const car = this.cars.get(outlet);
      if (car?.id !== session) continue;
      car.limitMa = limitMa;
      car.dischargeMa = dischargeMa;
      this.outcomes.push({ session, seq, outcome: "accepted", agoMs: 0 });
    }
    if (turn.grants.length > 0) this.state();
  }

  private state(): void {
    const sessions = [...this.cars].map(([outlet, { id, limitMa, wantsMa, sinceMs, needs }]) => ({
      ...{ id, outlet, wantsMa, connectedAgoMs: this.nowMs - sinceMs, deliveredWh: 0 },
      observed: { agoMs: 0, terminalsMa: this.drawnMa(outlet) },
      ...((this.inForceMa !== undefined || limitMa > 0) && { inForceMa: this.inForceMa ?? limitMa }),
      ...needs,
    })) as unknown as readonly ToldSession[];
    const message: FromLocal = {
      ...{ t: "state", bundleVersion: this.version, linkUp: true, grantSeq: this.seq, sessions },
      ...{ outcomes: this.outcomes, csmsEpoch: this.csmsEpoch },
      ...(this.ackedWallMs !== undefined && { quartersAckedWallMs: this.ackedWallMs }),
      ...(this.unlimited.length > 0 && { unlimited: this.unlimited }),
    };
    if (this.lines === undefined) return;
    this.outcomes = [];
    this.ackedWallMs = undefined;
    this.lines.send(JSON.stringify(message));
  }
}

function configOf({
  outlets = 4,
  mainA = 63,
  baseA,
  battery,
  solarW,
  config,
  devices,
}: PlantSettings): EnergyConfig {
  const site = smallSite({
    ...{ outlets, mainA },
    ...(baseA !== undefined && { baseA }),
    ...(battery !== undefined && { battery }),
    ...(solarW !== undefined && { solarW }),
  });
  const device = (id: string, unit: number, is: Device["is"]): Device => ({
    id: id as Device["id"],
    unit,
    pollMs: 250,
    is,
  });
  return {
    site,
    devices: devices ?? [
      ...site.meters.map(({ id }) => device("grid", UNITS.meter, { kind: "meter", meter: id })),
      ...site.sources.map(({ id, kind }) => device(kind, UNITS[kind], { kind, source: id as SourceId })),
    ],
    strategy: "fairness",
    tariff: {
      currency: "EUR",
      energy: { kind: "flat", milliCentPerKwh: 30_000 },
      ...{ feedInMilliCentPerKwh: 8_000, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
    },
    commands: { rampWPerS: 10_000, dwellMs: 0, reversalsPer10MinMax: 60, randomDelayMsMax: 0 },
    timeZone: "Europe/Berlin",
    ...config,
  };
}
