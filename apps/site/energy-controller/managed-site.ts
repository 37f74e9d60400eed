/**
 * One site's energy under one document: devices, control loop, external limit, planning, quarters, and what is told of them. A newer
 * document takes over in place: devices that are the same go on being asked, and a new loop goes on from what stations live on.
 */
import {
  type ControlLoop,
  createControlLoop,
  type EnergyConfig,
  type GrantReason,
  LocalTime,
  type LoopInput,
  type LoopOutput,
  type MeterId,
  type OutletId,
  type RawReading,
  type SessionInput,
} from "@wattward/energy";
import type { Chance, Clock, Log } from "@wattward/kernel";
import type { Dial } from "@wattward/modbus";
import type { EnergyLimit } from "@wattward/sitelink";
import { Curtailment } from "./curtailment.ts";
import { Fleet } from "./devices/fleet.ts";
import { flowsOf } from "./flows.ts";
import { SNAPSHOT_EVERY_MS, STEP_MA } from "./limits.ts";
import type { LocalLink } from "./local-link.ts";
import { observeTurn } from "./observe-turn.ts";
import type { Observer } from "./observer.ts";
import type { OutsideLimit } from "./ordered-limit.ts";
import { OutsideLimits } from "./outside-limits.ts";
import type { Planning } from "./planning.ts";
import type { QuarterBook } from "./quarters.ts";
import { snapshotOf } from "./snapshot.ts";
import { unsound } from "./sound.ts";

const HOUR_MS = 3_600_000;
const OBSERVATIONS_A_TURN = 20;
const REASON_CHARS_MAX = 300;

export type SitePorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly dialGuard: Dial;
  readonly link: LocalLink;
  readonly observer: Observer;
  readonly quarters: QuarterBook;
  readonly planning: Planning;
  /** A meter shows a step that should not wait for the loop's time. */
  stepped(): void;
};

export class ManagedSite {
  linkUp = false;
  private readonly ports: SitePorts;
  private config: EnergyConfig;
  private loop: ControlLoop;
  private fleet: Fleet;
  private readonly limits: OutsideLimits;
  private curtailments: ReadonlyMap<string, Curtailment>;
  private output: LoopOutput | undefined;
  private seq = 0;
  private turns = 0;
  private localTime: LocalTime;
  private modeSinceMs: number;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private readonly reasons = new Map<OutletId, GrantReason>();
  /** Of each meter, in the last turn. */
  private turnedOn = new Map<MeterId, RawReading>();
  /** What stations live on by the loop before this one. */
  private left = new Map<OutletId, number>();
  /** The line that grants went to last. */
  private saidOn = 0;

  constructor(config: EnergyConfig, ports: SitePorts) {
    this.ports = ports;
    this.config = config;
    this.localTime = new LocalTime(config.timeZone);
    this.modeSinceMs = this.nowMs();
    this.loop = createControlLoop(config.site);
    this.fleet = this.fleetOf(config);
    this.curtailments = curtailmentsOf(config);
    this.limits = new OutsideLimits(config.external, this.nowMs());
    this.fleet.start();
  }

  /** The last turn's; for tests and status. */
  get last(): LoopOutput | undefined {
    return this.output;
  }

  /** A newer document, checked. */
  take(config: EnergyConfig): void {
    const before = this.config;
    this.config = config;
    if (before.timeZone !== config.timeZone) this.localTime = new LocalTime(config.timeZone);
    if (differ(before.site, config.site)) {
      for (const { id, limitMa, mayMa } of this.output?.state.outlets ?? [])
        this.left.set(id, Math.max(limitMa, ...mayMa));
      this.loop = createControlLoop(config.site);
      this.loop.numberFrom(this.seq);
      this.reasons.clear();
    }
    if (differ([before.site, before.devices], [config.site, config.devices])) {
      this.fleet.stop();
      this.fleet = this.fleetOf(config);
      this.fleet.start();
      this.curtailments = curtailmentsOf(config);
    }
    this.limits.take(config.external, this.nowMs());
    // Each change of anything in the bundle comes here: the plan is given up where it was made from something else.
    if (differ(before, config)) this.ports.planning.reconfigure(config);
  }

  /** A limit that a person set at the central system; undefined: none any more. */
  order(limit: EnergyLimit | undefined): void {
    this.limits.order(limit);
  }

  numberFrom(seq: number): void {
    this.seq = Math.max(this.seq, seq);
    this.loop.numberFrom(seq);
  }

  stop(): void {
    this.fleet.stop();
  }

  /** One turn of the loop; a sentence where what came out is not sound, and then nothing was done with it. */
  turn(): string | undefined {
    const { generation } = this.ports.link;
    if (generation !== this.saidOn) this.loop.sayAgain();
    this.saidOn = generation;
    const input = this.input();
    const output = this.saying(this.loop.turn(input));
    const fault = unsound(output);
    if (fault !== undefined) return fault;
    if (this.output?.mode !== output.mode) this.modeSinceMs = input.nowMs;
    this.output = output;
    // The loop has seen who was there; whoever comes now lives on nobody's grant.
    this.left.clear();
    for (const { outlet, reason, seq } of output.grants) {
      this.reasons.set(outlet, reason);
      this.seq = Math.max(this.seq, seq);
    }
    this.turnedOn = new Map(input.meters);
    const flows = flowsOf(
      this.config.site,
      { ...input, readings: input.meters, meters: output.state.meters },
      input.nowMs,
    );
    this.steer(output, input, flows.gridW);
    this.count(output, input, flows);
    observeTurn(this.ports.observer, output, {
      ...{ nowMs: input.nowMs, devices: this.config.devices, states: this.fleet.states() },
      outside: this.outside(),
    });
    this.tell(output, input, flows);
    return undefined;
  }

  /** The loop knows that it has no plan; why, the planner alone. */
  private saying(output: LoopOutput): LoopOutput {
    const { planned, missingBecause } = this.ports.planning;
    if (output.mode !== "reactive" || planned !== undefined || missingBecause === undefined) return output;
    return { ...output, reason: `There is no plan: ${missingBecause}.`.slice(0, REASON_CHARS_MAX) };
  }

  private input(): LoopInput {
    const { clock, link, planning, quarters } = this.ports;
    const { monotonicMs: nowMs, quality, wallMs } = clock.now();
    const quarter = quarters.soFar(wallMs);
    this.limits.hear((state) => this.fleet.limitSignal?.signals(state) ?? [], nowMs);
    const externalW = this.outside()?.limitW;
    const plan = planning.planned?.plan;
    return {
      nowMs,
      ...(quality !== "unknown" && { wallMs }),
      ...(quarter !== undefined && { quarter }),
      meters: this.fleet.readings(),
      sessions: link.sessions.map(({ input }) => {
        const laxityMs = planning.laxityOf(input.id);
        return { ...input, ...this.leftOf(input), ...(laxityMs !== undefined && { laxityMs }) };
      }),
      outcomes: link.takeOutcomes(),
      unlimited: link.unlimited,
      batteries: this.fleet.batteryInputs(),
      solar: this.fleet.solarInputs(),
      ...(plan !== undefined && { plan }),
      ...(externalW !== undefined && { externalW }),
    };
  }

  /** What the loop of the document before granted counts; only what the station is known to have is gone on with. */
  private leftOf({ goesOnMa, inForceMa, outlet }: SessionInput): Partial<SessionInput> {
    const leftMa = this.left.get(outlet) ?? 0;
    if (leftMa <= (inForceMa ?? 0)) return {};
    const safeMa = this.config.site.outlets.find(({ id }) => id === outlet)?.safeMa ?? 0;
    return { inForceMa: leftMa, goesOnMa: goesOnMa ?? inForceMa ?? safeMa };
  }

  private steer(
    output: LoopOutput,
    { externalW, nowMs, meters, solar }: LoopInput,
    gridW: number | undefined,
  ): void {
    const { site } = this.config;
    // A limit from outside is on everything controlled: what cars may draw comes first, a battery charges with the rest.
    const carsMa = output.state.outlets.flatMap(({ mayMa }) => mayMa).reduce((sum, ma) => sum + ma, 0);
    let leftW =
      externalW === undefined ? Number.POSITIVE_INFINITY : externalW - (carsMa * site.voltageV) / 1000;
    for (const { source, feedW } of output.setpoints) {
      const wantedW = feedW >= 0 ? feedW : Math.min(0, Math.max(feedW, -Math.max(0, leftW)));
      leftW += Math.min(0, wantedW);
      this.fleet.batteries.get(source)?.want(wantedW);
    }
    for (const [id, driver] of this.fleet.solar) {
      const feedW = solar.find((one) => one.id === id && nowMs - one.atMs < SNAPSHOT_EVERY_MS * 10)?.feedW;
      const exportLimitW = this.curtailments.get(id)?.turn({ gridW, feedW }, nowMs);
      const plannedW = output.solarLimits?.find(({ source }) => source === id)?.limitW;
      driver.limit(leastOf(exportLimitW, plannedW));
    }
    for (const contactor of this.fleet.contactors) {
      const load = loadOf(this.config.site, contactor.fuse, output, meters);
      if (!contactor.see(load, nowMs)) continue;
      const detail = { fuse: contactor.fuse, load: Math.round((load ?? 0) * 1000) / 1000 };
      this.ports.observer.saw("energy.contactor-opened", contactor.fuse, detail, nowMs);
    }
  }

  private count(
    output: LoopOutput,
    { nowMs, batteries }: LoopInput,
    flows: ReturnType<typeof flowsOf>,
  ): void {
    const { quarters, planning, link } = this.ports;
    const wallMs = this.wallMs();
    quarters.add({
      ...{ nowMs, wallMs, flows, mode: output.mode },
      chargePermille: chargeOf(this.config, batteries),
      cost: (energy, atWallMs) => planning.prices.cost(energy, atWallMs),
      planned: (fromWallMs) => planning.meant(fromWallMs),
    });
    const externalW = this.outside()?.limitW;
    const peakSoFarW = quarters.highestW(wallMs, this.localTime);
    planning.turn({
      ...(peakSoFarW !== undefined && { peakSoFarW }),
      ...{ nowMs, wallMs, flows, batteries, sessions: link.sessions },
      offeredMa: new Map(output.state.outlets.map(({ id, limitMa }) => [id, limitMa])),
      ...(externalW !== undefined && { externalW }),
      solarHeldBack: (output.solarLimits?.length ?? 0) > 0,
    });
  }

  /** The lowest limit from outside, as it stands. */
  private outside(): OutsideLimit | undefined {
    return this.limits.lowest(this.ports.clock.now());
  }

  private tell(output: LoopOutput, input: LoopInput, flows: ReturnType<typeof flowsOf>): void {
    const { link, quarters, observer, planning } = this.ports;
    this.turns++;
    if (!link.isUp) return;
    const { nowMs } = input;
    const shows = nowMs - this.toldAtMs >= SNAPSHOT_EVERY_MS;
    if (shows) this.toldAtMs = nowMs;
    const told = quarters.toTell(nowMs);
    const external = this.limits.told(nowMs);
    const observations = observer.take(OBSERVATIONS_A_TURN);
    link.send({
      t: "turn",
      turn: this.turns,
      mode: output.mode,
      reason: output.reason,
      grants: output.grants,
      ...(external !== undefined && { external }),
      ...(shows && { snapshot: this.snapshot(output, input, { flows, planning }) }),
      ...(told.length > 0 && { quarters: told }),
      ...(observations.length > 0 && { observations }),
    });
  }

  private snapshot(
    output: LoopOutput,
    { nowMs, sessions, batteries }: LoopInput,
    { flows, planning }: { flows: ReturnType<typeof flowsOf>; planning: Planning },
  ) {
    return snapshotOf({
      ...{ nowMs, wallMs: this.wallMs(), output, modeSinceMs: this.modeSinceMs, flows },
      external: this.outside(),
      ...{ linkUp: this.linkUp, sessions, batteries, reasons: this.reasons, planning },
      devices: this.fleet.states(),
    });
  }

  private metered(id: MeterId, { currentMa }: RawReading): void {
    const before = this.turnedOn.get(id)?.currentMa;
    if (before === undefined || currentMa.some((ma, phase) => ma - before[phase]! >= STEP_MA))
      this.ports.stepped();
  }

  private fleetOf(config: EnergyConfig): Fleet {
    const { clock, chance, dialGuard } = this.ports;
    return new Fleet(config, {
      ...{ clock, chance, dial: dialGuard },
      isNight: () => isNight(this.localTime.of(this.wallMs()).msOfDay),
      metered: (id, reading) => this.metered(id, reading),
    });
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }

  private wallMs(): number {
    return this.ports.clock.now().wallMs;
  }
}

/** Between ten in the evening and four in the morning. */
const isNight = (msOfDay: number): boolean => msOfDay >= 22 * HOUR_MS || msOfDay < 4 * HOUR_MS;

const leastOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

function curtailmentsOf({ site, devices }: EnergyConfig): ReadonlyMap<string, Curtailment> {
  return new Map(
    devices.flatMap(({ is }) => {
      if (is.kind !== "solar" || is.exportWMax === undefined) return [];
      const source = site.sources.find(({ id }) => id === is.source);
      if (source?.kind !== "solar") return [];
      return [
        [is.source, new Curtailment({ exportWMax: is.exportWMax, feedWMax: source.feedWMax })] as const,
      ];
    }),
  );
}

/** Of all batteries together; unknown where one of them is. */
function chargeOf({ site }: EnergyConfig, told: LoopInput["batteries"]): number | undefined {
  let [wh, capacityWh] = [0, 0];
  for (const source of site.sources) {
    if (source.kind !== "battery") continue;
    const permille = told.find(({ id }) => id === source.id)?.chargePermille;
    if (permille === undefined || !(permille >= 0 && permille <= 1_000)) return undefined;
    wh += permille * source.capacityWh;
    capacityWh += source.capacityWh;
  }
  return capacityWh === 0 ? undefined : wh / capacityWh;
}

/** The highest phase at a fuse as a part of its rating, where its meter is trusted. */
function loadOf(
  site: EnergyConfig["site"],
  fuseId: string,
  output: LoopOutput,
  readings: LoopInput["meters"],
) {
  const fuse = site.fuses.find(({ id }) => id === fuseId);
  const meter = site.meters.find(({ fuse: at }) => at === fuseId);
  if (fuse === undefined || meter === undefined) return undefined;
  if (output.state.meters.find(({ id }) => id === meter.id)?.refused !== undefined) return undefined;
  const reading = readings.get(meter.id);
  return reading === undefined ? undefined : Math.max(...reading.currentMa.map(Math.abs)) / fuse.ratedMa;
}
