/**
 * A battery storage behind the guard: its power (701, 101 to 113, else 802), state of charge (713, 802, else 124), temperature (803, 714,
 * else its inverter's), and its setpoint by 704 or 124.
 *
 * The setpoint falls back by itself (revert time), is renewed before half of that, and only while the control loop gives signs of life;
 * heartbeats (802, 715) likewise. It is written when it changes, never faster than WRITE_EVERY_MS but to less power, and read back. One
 * that has let go of its setpoint by itself is led there again from what it holds, at its ramp. A battery whose revert was never proven is
 * told one thing: 0, where its registers show that something else holds.
 */
import type { Battery, BatteryInput } from "@wattward/energy";
import {
  CHARGE_EVERY_MS,
  CHARGE_MS_MAX,
  CONTROL_EVERY_MS,
  HEARTBEAT_EVERY_MS,
  RAMP_KEPT_MS,
  READ_BACKS_MAX,
  REFRESH_PART,
  REFUSED_WAIT_MS,
  TEMPERATURE_EVERY_MS,
  TEMPERATURE_MS_MAX,
  WISH_MS_MAX,
  WRITE_CHANGE_W,
  WRITE_EVERY_MS,
} from "../limits.ts";
import { basesOf, derWords, storageWords, type Words } from "./battery-orders.ts";
import { type Known, POWER, readCharge, readNameplate, readTemperature } from "./battery-readings.ts";
import { Follower } from "./follower.ts";
import { Frozen } from "./frozen.ts";
import { numberAt, type Seen, type SunSpecUnit } from "./sunspec-unit.ts";
import { type Trouble, trouble } from "./trouble.ts";

const HEARTBEATS = [
  { id: 802, point: "CtrlHb", countsTo: 0xfffe },
  { id: 715, point: "ControllerHb", countsTo: 0xffff_fffe },
] as const;

type Wish = { readonly feedW: number; readonly atMs: number };

export class BatteryDriver {
  /** What is known of it; absent before the first answers. */
  input: BatteryInput | undefined;
  /** Setpoint that it acknowledged last. */
  written: Wish | undefined;
  private readonly battery: Battery;
  private readonly unit: SunSpecUnit;
  private readonly nowMs: () => number;
  private readonly follower: Follower;
  private readonly frozen = new Frozen();
  private readonly storage: Words;
  private wish: Wish | undefined;
  private charge: Known | undefined;
  private temperature: Known | undefined;
  private nameplateW: number | undefined;
  private heartbeat = 0;
  private beatAtMs = Number.NEGATIVE_INFINITY;
  private refused: { readonly atMs: number; readonly trouble: Trouble } | undefined;
  /** What it holds may not be renewed: 0 is written before anything else. */
  private letsGo = false;
  private beatRefusedAtMs = Number.NEGATIVE_INFINITY;
  private unlikeLooks = 0;
  private lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(battery: Battery, unit: SunSpecUnit, nowMs: () => number) {
    this.battery = battery;
    this.unit = unit;
    this.nowMs = nowMs;
    this.follower = new Follower(Math.max(battery.chargeWMax, battery.dischargeWMax));
    this.storage = storageWords((seen) => basesOf(seen, this.nameplateW));
  }

  /** Registers written since the start. */
  get writes(): number {
    return this.unit.writes;
  }

  /** What the loop wants now; to be told in each of its turns, else the device falls back by itself. */
  want(feedW: number): void {
    this.wish = { feedW, atMs: this.nowMs() };
  }

  async poll(): Promise<Trouble | undefined> {
    const models = await this.unit.models();
    if (!models.ok) return models.fault;
    // What it tells and what it is told are two things: a fault of one is no reason to let go of the other.
    const faults: (Trouble | undefined)[] = [];
    for (const part of [() => this.measure(), () => this.steer(), () => this.beat()]) {
      const fault = await part();
      if (fault?.kind === "unreachable") return fault;
      faults.push(fault);
    }
    return faults.find((fault) => fault !== undefined);
  }

  private async measure(): Promise<Trouble | undefined> {
    const model = this.unit.first(...POWER);
    if (model === undefined)
      return this.unit.lacks("none of its models tells a power (701, 101 to 113, 802)");
    const power = await this.unit.read(model);
    if (!power.ok) return power.fault;
    const frozen = this.frozen.judge(power.value);
    if (frozen !== undefined) {
      this.input = undefined;
      return frozen;
    }
    const slow = (await this.readNameplate()) ?? (await this.readCharge()) ?? (await this.readTemperature());
    const feedW = numberAt(power.value, "W");
    const { atMs } = power.value;
    const charge = fresh(this.charge, atMs, CHARGE_MS_MAX);
    if (feedW === undefined || charge === undefined) {
      this.input = undefined;
      return (
        slow ??
        this.unit.lacks(
          feedW === undefined ? "it tells no power" : "it tells no state of charge (713, 802, 124)",
        )
      );
    }
    this.input = {
      id: this.battery.id,
      atMs,
      feedW,
      chargePermille: charge,
      // No number where nobody knows: the loop then rests.
      temperatureC: fresh(this.temperature, atMs, TEMPERATURE_MS_MAX) ?? Number.NaN,
    };
    if (this.follower.isDeaf(this.written?.feedW, feedW, atMs))
      return trouble("disobedient", `it feeds ${Math.round(feedW)} W where ${this.written?.feedW} W are set`);
    return slow;
  }

  private async readNameplate(): Promise<Trouble | undefined> {
    // Nameplates do not change under a device that did not.
    const notOlderMs = this.nameplateW === undefined ? TEMPERATURE_EVERY_MS : Number.POSITIVE_INFINITY;
    const told = await readNameplate(this.unit, notOlderMs);
    if (told.ok) this.nameplateW = told.value?.value ?? this.nameplateW;
    return told.ok ? undefined : told.fault;
  }

  private async readCharge(): Promise<Trouble | undefined> {
    const told = await readCharge(this.unit, CHARGE_EVERY_MS);
    if (told.ok) this.charge = told.value ?? this.charge;
    return told.ok ? undefined : told.fault;
  }

  private async readTemperature(): Promise<Trouble | undefined> {
    const told = await readTemperature(this.unit, this.battery.temperatureC, TEMPERATURE_EVERY_MS);
    if (told.ok) this.temperature = told.value ?? this.temperature;
    return told.ok ? undefined : told.fault;
  }

  private async steer(): Promise<Trouble | undefined> {
    const nowMs = this.nowMs();
    const { wish } = this;
    if (wish === undefined || nowMs - wish.atMs > WISH_MS_MAX) return undefined;
    if (this.refused !== undefined && nowMs - this.refused.atMs < REFUSED_WAIT_MS)
      return this.refused.trouble;
    const words = this.words;
    const model = words && this.unit.first(words.id);
    if (words === undefined || model === undefined)
      return this.unit.lacks("it has no model to be steered by (704, 124)");
    const seen = await this.unit.read(model, CONTROL_EVERY_MS);
    if (!seen.ok) return seen.fault;
    return this.battery.revert.kind === "proven"
      ? this.renew(words, seen.value, wish.feedW, this.battery.revert.afterMs)
      : this.rest(words, seen.value);
  }

  private async renew(
    words: Words,
    seen: Seen,
    wishW: number,
    revertMs: number,
  ): Promise<Trouble | undefined> {
    const nowMs = this.nowMs();
    if (!words.reverts(seen))
      return trouble("unsuited", "it knows no revert time: prove its revert anew, or mark it unproven");
    if (this.letsGo) {
      const fault = await this.rest(words, seen);
      this.letsGo = fault !== undefined;
      return fault;
    }
    const unlike = this.isUnlike(words, seen);
    const { written } = this;
    const sinceMs = nowMs - (written?.atMs ?? Number.NEGATIVE_INFINITY);
    const hasFallen = unlike && (this.unlikeLooks >= READ_BACKS_MAX || this.refused !== undefined);
    const fromW = hasFallen || written === undefined ? (words.shown(seen) ?? 0) : written.feedW;
    const feedW = this.reachableW(fromW, wishW, sinceMs);
    const changed = written === undefined || this.isWorthWriting(written.feedW, feedW);
    const lowers = written !== undefined && Math.abs(feedW) < Math.abs(written.feedW);
    const due =
      sinceMs >= REFRESH_PART * revertMs || ((changed || unlike) && (lowers || sinceMs >= WRITE_EVERY_MS));
    if (!due) return this.saidUnlike();
    for (const values of words.orders(seen, feedW, Math.floor(revertMs / 1000))) {
      const fault = await this.unit.write(seen, values);
      if (fault === undefined) continue;
      if (fault.kind === "refused") {
        this.refused = { atMs: nowMs, trouble: fault };
        this.letsGo = !words.isPower(values);
      }
      return fault;
    }
    this.written = { feedW, atMs: nowMs };
    this.refused = undefined;
    return this.saidUnlike();
  }

  /** Away from 0 no further than its ramp leads from what it holds, however far the loop's own ramp got meanwhile. */
  private reachableW(fromW: number, toW: number, sinceMs: number): number {
    const stepW = (this.battery.rampWPerS * Math.min(RAMP_KEPT_MS, sinceMs)) / 1000;
    const baseW = Math.sign(fromW) === Math.sign(toW) ? Math.abs(fromW) : 0;
    const w = Math.min(Math.abs(toW), baseW + stepW);
    return toW < 0 ? 0 - w : w;
  }

  /** Nothing holds for ever but what is safe for ever. */
  private async rest(words: Words, seen: Seen): Promise<Trouble | undefined> {
    const shown = words.shown(seen);
    if (shown === undefined || Math.abs(shown) < WRITE_CHANGE_W) return undefined;
    for (const values of words.orders(seen, 0, 0)) {
      // Nothing is to fall back: the guard takes no revert time of 0 from anybody.
      const { InOutWRte_RvrtTms, WSetRvrtTms, ...others } = values;
      if (Object.keys(others).length === 0) continue;
      const fault = await this.unit.write(seen, others);
      if (fault === undefined) continue;
      this.refused = { atMs: this.nowMs(), trouble: fault };
      return fault;
    }
    return undefined;
  }

  /** Read back: the registers do not show what was acknowledged. A reading from before the write says nothing. */
  private isUnlike(words: Words, seen: Seen): boolean {
    const { written } = this;
    if (written === undefined || seen.atMs < written.atMs) return false;
    const shown = words.shown(seen);
    const unlike = shown === undefined || this.isWorthWriting(shown, words.held(seen, written.feedW));
    if (!unlike) this.unlikeLooks = 0;
    else if (seen.atMs > this.lookedAtMs) this.unlikeLooks++;
    this.lookedAtMs = seen.atMs;
    return unlike;
  }
  private saidUnlike(): Trouble | undefined {
    return this.unlikeLooks < READ_BACKS_MAX
      ? undefined
      : trouble("disobedient", "it acknowledges setpoints that its registers then do not show");
  }

  private isWorthWriting(fromW: number, toW: number): boolean {
    if (fromW === toW) return false;
    const { chargeWMax, dischargeWMax } = this.battery;
    const ends = toW === 0 || Math.sign(fromW) !== Math.sign(toW);
    const leastW = Math.max(WRITE_CHANGE_W, Math.max(chargeWMax, dischargeWMax) / 200);
    // An end that is not a whole number of the register's steps is an end all the same.
    return Math.abs(toW - fromW) >= (ends ? leastW / 10 : leastW);
  }

  /** Once a second while the loop lives: a battery that watches it stops by itself when it does not. */
  private async beat(): Promise<Trouble | undefined> {
    const nowMs = this.nowMs();
    const { wish } = this;
    if (wish === undefined || nowMs - wish.atMs > WISH_MS_MAX) return undefined;
    if (nowMs - this.beatAtMs < HEARTBEAT_EVERY_MS - 100 || nowMs - this.beatRefusedAtMs < REFUSED_WAIT_MS)
      return undefined;
    this.beatAtMs = nowMs;
    this.heartbeat++;
    for (const { id, point, countsTo } of HEARTBEATS) {
      const model = this.unit.first(id);
      if (model === undefined) continue;
      // Where the points lie does not change: any reading does.
      const seen = await this.unit.read(model, Number.POSITIVE_INFINITY);
      if (!seen.ok) return seen.fault;
      if (seen.value.reading.value(point) === undefined) continue;
      const fault = await this.unit.beat(seen.value, point, this.heartbeat % countsTo);
      if (fault?.kind === "refused") this.beatRefusedAtMs = nowMs;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private get words(): Words | undefined {
    if (this.unit.first(704) !== undefined) return derWords;
    return this.unit.first(124) === undefined ? undefined : this.storage;
  }
}

const fresh = (known: Known | undefined, nowMs: number, msMax: number): number | undefined =>
  known === undefined || nowMs - known.atMs > msMax ? undefined : known.value;
