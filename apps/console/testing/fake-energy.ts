/** The energy of a site as the fake CSMS keeps it and answers for it. Undefined where the address is another's. */
import type { EnergySnapshot, SiteEnergy } from "../api/energy-shapes.ts";
import type { Me } from "../api/shapes.ts";
import { quartersOf, siteEnergy } from "./energy-scenario.ts";
import type { Answered, Asked } from "./fake-csms.ts";
import type { FakeWorld } from "./world.ts";

export class FakeEnergy {
  readonly #nowMs: () => number;
  /** Over the usual snapshot. */
  snapshot: Partial<EnergySnapshot> | undefined = {};
  /** When the site last told; as of now where it is undefined. */
  toldAtMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  now(): SiteEnergy {
    const energy = siteEnergy(this.toldAtMs ?? this.#nowMs(), this.snapshot);
    return this.snapshot === undefined ? { ...energy, snapshot: null } : energy;
  }

  quarters(span: { fromMs: number; toMs: number }) {
    return quartersOf(this.#nowMs(), span);
  }
}

export function energyAnswer(world: FakeWorld, _me: Me | undefined, asked: Asked): Answered | undefined {
  const [site, place, part] = asked.path.replace("/api/v1/sites/", "").split("/").map(decodeURIComponent);
  if (place !== "energy") return undefined;
  const energy = world.energies.get(site ?? "");
  if (energy === undefined) return json({ managed: false });
  if (part === undefined) return json(energy.now());
  const number = (name: string) => Number(asked.query.get(name));
  if (part === "quarters") return json(energy.quarters({ fromMs: number("fromMs"), toMs: number("toMs") }));
  return undefined;
}

const json = (body: unknown): Answered => ({ kind: "json", status: 200, body });
