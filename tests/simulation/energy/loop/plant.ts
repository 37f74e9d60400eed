/**
 * The true currents of a site, as physics: stations, building, battery, sun, and the meters that read them. Knows neither loop nor recount,
 * and shares no sum with what is judged by it: a fuse's current is that of everything below it, each device on the phases that it is wired
 * to. Milliamperes.
 */
import type { Battery, OutletId, Site, Solar, SourceId } from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import { type Currents, evenly, none, plus, wired } from "../../../../apps/simulator/plant/phases.ts";
import { fuseTree } from "../../../../packages/energy/fuse-tree.ts";
import type { Wires } from "../bounds.ts";
import { BaseLoad } from "./base-load.ts";
import { MeterAtWork } from "./meter.ts";
import type { Scene } from "./scene.ts";
import { BatteryAtWork, SolarAtWork } from "./sources.ts";
import { Evse, Station } from "./stations.ts";

type Flow = { total: Currents; base: Currents; sources: Currents; largest: Currents };
type Part = "base" | "sources" | undefined;

export class Plant implements Wires {
  readonly site: Site;
  readonly plan: Wires["plan"];
  readonly stations: readonly Station[];
  readonly evses: readonly Evse[];
  readonly loads: readonly BaseLoad[];
  readonly batteries: readonly BatteryAtWork[];
  readonly solars: readonly SolarAtWork[];
  readonly meters: readonly MeterAtWork[];
  /** Of the longest grant. */
  readonly lifeMs: number;
  private readonly tree;
  private readonly byOutlet: ReadonlyMap<OutletId, Evse>;
  private flows: Flow[] = [];

  constructor(scene: Scene, site: Site) {
    const { chance } = scene;
    this.site = site;
    this.plan = { fuses: site.fuses, outlets: site.outlets };
    this.tree = fuseTree(site);
    this.lifeMs = Math.max(...site.outlets.map(({ ttlMs }) => ttlMs));
    const tellsEveryMs = chance.int(5, 10) * 1_000;
    const stations = new Map<StationId, Station>();
    this.evses = site.outlets.map((outlet) => {
      const { station: id } = outlet;
      const station = stations.get(id) ?? new Station(id, { carMs: chance.int(2, 30) * 100, tellsEveryMs });
      stations.set(id, station);
      const evse = new Evse(scene, outlet, station);
      station.evses.push(evse);
      return evse;
    });
    this.stations = [...stations.values()];
    this.byOutlet = new Map(this.evses.map((evse) => [evse.outlet.id, evse]));
    this.loads = site.loads.map((load) => new BaseLoad(scene, load, this.lifeMs));
    const isBattery = (source: Site["sources"][number]): source is Battery => source.kind === "battery";
    const isSolar = (source: Site["sources"][number]): source is Solar => source.kind === "solar";
    this.batteries = site.sources.filter(isBattery).map((battery) => new BatteryAtWork(scene, battery));
    this.solars = site.sources.filter(isSolar).map((solar) => new SolarAtWork(scene, solar));
    this.meters = site.meters.map((meter) => new MeterAtWork(scene, meter));
    this.move();
  }

  /** Cars can give back here. */
  get givesBack(): boolean {
    return this.site.outlets.some(({ dischargeMaMax }) => dischargeMaMax !== undefined);
  }

  evseOf(outlet: OutletId): Evse {
    return this.byOutlet.get(outlet)!;
  }

  batteryOf(id: SourceId): BatteryAtWork {
    return this.batteries.find(({ source }) => source.id === id)!;
  }

  flowOf(fuse: string): Flow {
    return this.flows[this.site.fuses.findIndex(({ id }) => id === fuse)]!;
  }

  /** What all cars that ever came got, less what they gave back. */
  get chargedWh(): number {
    return this.evses.reduce((wh, evse) => wh + evse.chargedWh, 0);
  }

  /** One step: who draws and feeds, what flows then, and who tells of it. */
  move(): void {
    for (const evse of this.evses) evse.move();
    for (const load of this.loads) load.move();
    for (const source of [...this.batteries, ...this.solars]) source.move();
    this.sum();
    for (const evse of this.evses) evse.tell();
    for (const meter of this.meters) meter.move(this.flowOf(meter.meter.fuse).total);
  }

  private sum(): void {
    this.flows = this.site.fuses.map(() => ({ total: none, base: none, sources: none, largest: none }));
    for (const { outlet, terminalsMa } of this.evses)
      this.add(outlet.fuse, wired(outlet.wiring, terminalsMa), undefined);
    for (const { load, ma } of this.loads) this.add(load.fuse, ma, "base");
    for (const { feedW, source } of [...this.batteries, ...this.solars])
      this.add(source.fuse, evenly(source.wiring, -feedW, this.site.voltageV), "sources");
  }

  private add(fuse: Site["fuses"][number]["id"], ma: Currents, part: Part): void {
    for (const node of this.tree.pathOf(this.tree.indexOf(fuse))) {
      const flow = this.flows[node]!;
      flow.total = plus(flow.total, ma);
      if (part !== undefined) flow[part] = plus(flow[part], ma);
      if (part === "sources") flow.largest = largest(flow.largest, ma);
    }
  }
}

/** Per phase, what the one that feeds most feeds. */
const largest = (ma: Currents, of: Currents): Currents => [
  Math.max(ma[0], -of[0]),
  Math.max(ma[1], -of[1]),
  Math.max(ma[2], -of[2]),
];
