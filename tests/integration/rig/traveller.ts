/**
 * A station that is at home at several nodes, as one in the field is: what it was not answered it says again, under the
 * same id, at whichever node lets it in.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { OcppVersion } from "@wattward/ocpp";
import { boot, type Message, Session } from "./charging.ts";
import type { Identity, Server } from "./operator.ts";
import { Station } from "./station.ts";

type Who = { readonly id: string; readonly version: OcppVersion; readonly identity: Identity };

const REDIAL_MS = 200;
const ANSWER_MS = 8_000;
/** Long enough for a dead node to be buried, twice. */
const TRY_MS_MAX = 60_000;

export class Traveller {
  readonly who: Who;
  /** Called on its way: how often it had to go elsewhere. */
  moves = 0;
  sent = 0;
  private readonly homes: readonly Server[];
  private next: number;
  private station: Station | undefined;
  private calls = 0;

  /** @param at which of its homes it goes to first */
  constructor(homes: readonly Server[], who: Who, at = 0) {
    this.homes = homes;
    this.who = who;
    this.next = at;
  }

  /** Boots, charges one session of so many samples, `paceMs` apart, and gives what it told of it. */
  async charge(
    reference: string,
    samples: number,
    paceMs: number,
  ): Promise<{ events: number; energyWh: number }> {
    const session = new Session(this.who.version, reference, 1_000);
    const begun = await this.say(session.start());
    const id = this.who.version === "1.6" ? Number(begun["transactionId"]) : undefined;
    for (let n = 0; n < samples; n++) {
      await wait(paceMs);
      await this.say(session.sample(id));
    }
    await this.say(session.stop(id));
    return { events: samples + 2, energyWh: session.energyWh };
  }

  /** Until it is answered by a CALLRESULT. */
  async say({ action, payload }: Message): Promise<Readonly<Record<string, unknown>>> {
    const id = `${this.who.id}-${++this.calls}`;
    const endMs = performance.now() + TRY_MS_MAX;
    while (performance.now() < endMs) {
      const station = await this.connected();
      if (station === undefined) continue;
      this.sent++;
      const answer = await station.call(action, payload, { id, limitMs: ANSWER_MS });
      if (answer.kind === "result") return answer.payload;
      await wait(REDIAL_MS);
      // An error says that it was heard: the same again, here. Silence: elsewhere.
      if (answer.kind === "none") this.lose();
    }
    throw new Error(`${this.who.id} was not answered for ${action}`);
  }

  leave(): void {
    this.station?.leave();
    this.station = undefined;
  }

  private lose(): void {
    this.leave();
    this.next++;
    this.moves++;
  }

  private async connected(): Promise<Station | undefined> {
    if (this.station !== undefined) return this.station;
    const home = this.homes[this.next % this.homes.length];
    if (home === undefined) throw new Error("a traveller has a home");
    const dialled = await Station.dial(home, this.who);
    if (dialled.kind === "out") {
      this.next++;
      await wait(REDIAL_MS);
      return undefined;
    }
    const { station } = dialled;
    this.station = station;
    void station.closed.then(() => {
      if (this.station === station) this.lose();
    });
    await station.call("BootNotification", boot(this.who.version).payload, { limitMs: ANSWER_MS });
    return this.station;
  }
}
