/**
 * A vendor's energy management as a second master behind the same guard: reads its battery all the time, sets it within its rule, and now
 * and then outside of it, as a cloud that knows better would. It takes a refusal, and goes on.
 */
import { type Cancel, type Clock, every } from "@wattward/kernel";
import type { ModbusClient, Request } from "@wattward/modbus";

export type VendorPlan = {
  readonly unit: number;
  /** Protocol addresses: what it reads (SoC), what it sets. */
  readonly reads: number;
  readonly sets: number;
  readonly everyMs: number;
  /** Raw words, as a cloud sends them. */
  readonly usual: readonly number[];
  /** Sent in place of a usual one every so many times; 0: never. */
  readonly absurd: number;
  readonly absurdEvery: number;
};

export type VendorCounts = {
  reads: number;
  unread: number;
  writes: number;
  refused: number;
  /** Absurd ones that were done, and those that were not. */
  absurdDone: number;
  absurdRefused: number;
};

export class VendorEms {
  readonly counts: VendorCounts = {
    reads: 0,
    unread: 0,
    writes: 0,
    refused: 0,
    absurdDone: 0,
    absurdRefused: 0,
  };
  private readonly client: ModbusClient;
  private readonly plan: VendorPlan;
  private turn = 0;

  constructor(client: ModbusClient, plan: VendorPlan) {
    this.client = client;
    this.plan = plan;
  }

  /** Works until it is called off. */
  start(clock: Clock): Cancel {
    const stop = every(clock, this.plan.everyMs, () => this.work());
    return () => {
      stop();
      this.client.close();
    };
  }

  private async work(): Promise<void> {
    const { absurd, absurdEvery, reads, sets, usual } = this.plan;
    const { counts } = this;
    const turn = this.turn++;
    counts[
      (await this.done({ kind: "read-holding-registers", address: reads, quantity: 1 })) ? "reads" : "unread"
    ]++;
    const isAbsurd = absurdEvery > 0 && turn % absurdEvery === absurdEvery - 1;
    const value = isAbsurd ? absurd : (usual[turn % Math.max(1, usual.length)] ?? 0);
    const done = await this.done({ kind: "write-multiple-registers", address: sets, registers: [value] });
    if (isAbsurd) counts[done ? "absurdDone" : "absurdRefused"]++;
    else counts[done ? "writes" : "refused"]++;
  }

  private async done(request: Request): Promise<boolean> {
    return (await this.client.request(this.plan.unit, request)).kind === "response";
  }
}
