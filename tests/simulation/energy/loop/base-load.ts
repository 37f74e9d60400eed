/**
 * What nobody controls below one fuse: steps by chance, each phase for itself, within the highest that is declared, and within the declared
 * rise of the least that it drew in the longest life of a grant; unless a fault steps beyond that rise. Milliamperes.
 */
import type { Load, PerPhase } from "@wattward/energy";
import { oneOf } from "./dice.ts";
import type { Scene } from "./scene.ts";

/** Most seconds from one step to the next: some buildings are lively. */
const STEPS_EVERY_S_MAX = [5, 20, 40, 90] as const;
const MARGIN_MS = 1_000;

type Past = { readonly atMs: number; readonly ma: number }[];
type Triple<T> = readonly [T, T, T];

export class BaseLoad {
  readonly load: Load;
  ma: PerPhase;
  private readonly scene: Scene;
  private readonly windowMs: number;
  private readonly everySMax: number;
  private readonly past: Triple<Past>;
  private beyond = false;
  private stepsAtMs = 0;

  /** `lifeMs`: of the longest grant. */
  constructor(scene: Scene, load: Load, lifeMs: number) {
    this.scene = scene;
    this.load = load;
    this.windowMs = lifeMs + MARGIN_MS;
    this.everySMax = oneOf(scene.chance, STEPS_EVERY_S_MAX);
    const begin = (ma: number) => Math.round((ma * scene.chance.int(0, 60)) / 100);
    const [l1, l2, l3] = load.highestMa;
    this.ma = [begin(l1), begin(l2), begin(l3)];
    this.past = [[], [], []];
    this.note();
  }

  get healthy(): boolean {
    return !this.beyond;
  }

  /** To the declared highest at once, whatever rise was declared, until what it answers is called. */
  stepBeyond(): () => void {
    const before = this.ma;
    this.beyond = true;
    this.ma = this.load.highestMa;
    return () => {
      this.beyond = false;
      this.ma = before;
      this.note();
    };
  }

  move(): void {
    const { chance, nowMs } = this.scene;
    if (nowMs < this.stepsAtMs) return;
    this.stepsAtMs = nowMs + chance.int(1, this.everySMax) * 1_000;
    if (this.beyond) return;
    this.ma = [this.stepped(0), this.stepped(1), this.stepped(2)];
    this.note();
  }

  private note(): void {
    const { nowMs } = this.scene;
    this.past.forEach((past, phase) => void past.push({ atMs: nowMs, ma: this.ma[phase]! }));
  }

  private stepped(phase: 0 | 1 | 2): number {
    const { chance } = this.scene;
    const ma = this.ma[phase];
    const mostMa = this.mostMa(phase);
    const dice = chance.int(0, 9);
    if (dice < 3) return mostMa;
    if (dice < 5) return Math.round((ma * chance.int(0, 100)) / 100);
    const stepMa = ((mostMa - ma) * chance.int(-100, 100)) / 100;
    return Math.round(Math.min(mostMa, Math.max(0, ma + stepMa)));
  }

  private mostMa(phase: 0 | 1 | 2): number {
    const past = this.past[phase];
    // The first of them holds until the second.
    while (past.length > 1 && past[1]!.atMs < this.scene.nowMs - this.windowMs) past.shift();
    const leastMa = Math.min(...past.map(({ ma }) => ma));
    const { highestMa, riseMa } = this.load;
    return Math.min(highestMa[phase], leastMa + (riseMa?.[phase] ?? Number.POSITIVE_INFINITY));
  }
}
