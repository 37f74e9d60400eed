/** What a scenario is played with: a guarded site, dice, and whoever attacks. */
import { sleep } from "@wattward/kernel";
import { type Request, writeRequest } from "@wattward/modbus";
import { seededChance } from "@wattward/testing";
import { RawMaster } from "../../../apps/simulator/masters/raw-master.ts";
import { EMS_UID, VENDOR, type World } from "../../../apps/site/modbus-guard/testing/world.ts";

/** The battery's, that the energy controller alone may write, within ± so many watts. */
export const SETPOINT = 100;
export const LIMIT_W = 5_000;
/** How long an attack has at most. */
export const FOR_MS = 90_000;

export class Play {
  readonly w: World;
  readonly chance: ReturnType<typeof seededChance>;
  /** Who attacks, as the policy calls him; an address where it does not know him. */
  attacker = "";
  how = "";
  /** What it must be told as, where its class is told in several ways. */
  mustTell: string | undefined;
  /** Nobody but who attacks, or is attacked, asks the battery. */
  batteryAlone = false;
  /** Requests of the energy controller at its work, and how many were answered. */
  readonly honest = { asked: 0, served: 0 };
  private over = false;

  constructor(w: World, seed: number) {
    this.w = w;
    this.chance = seededChance(seed);
  }

  get goes(): boolean {
    return !this.over;
  }
  end(): void {
    this.over = true;
  }
  int(from: number, to: number): number {
    return this.chance.int(from, to);
  }
  pick<T>(...of: readonly T[]): T {
    return of[this.int(0, of.length - 1)]!;
  }
  /** Between the two, each factor as likely as any other. */
  paceMs(least: number, most: number): number {
    return Math.round(least * (most / least) ** (this.int(0, 1_000) / 1_000));
  }
  pause(ms: number): Promise<void> {
    return sleep(this.w.time, ms);
  }
  /** A connection without manners of one of the policy's clients, or of whoever has this address. */
  async raw(who: "ems" | "vendor" | { readonly address: string }): Promise<RawMaster> {
    this.attacker = typeof who === "string" ? who : who.address;
    const peer = who === "ems" ? { uid: EMS_UID } : { address: who === "vendor" ? VENDOR : who.address };
    const dial = this.w.network.dialer(`guard:${who === "ems" ? "socket" : "address"}`, {
      address: "somebody",
      ...peer,
    });
    const link = await dial();
    if (!link.ok) throw new Error("the guard is not there");
    return new RawMaster(link.value, this.w.time);
  }
  /** Each after so long, as long as the scenario goes. */
  async each<T>(items: readonly T[], everyMs: () => number, send: (item: T) => Promise<unknown>) {
    for (const item of items) {
      if (this.over) return;
      await Promise.race([send(item), this.pause(2_000)]);
      await this.pause(everyMs());
    }
  }
}

export const pduOf = (request: Request): Uint8Array => writeRequest(request);
export const shuffled = <T>(play: Play, of: readonly T[]): T[] =>
  of
    .map((item) => ({ item, by: play.int(0, 2 ** 30) }))
    .sort((a, b) => a.by - b.by)
    .map(({ item }) => item);
