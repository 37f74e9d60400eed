/** People at a site, by seed: cars of one to three phases come, are plugged in, charge for a while, and leave. Whoever is thrown out comes back. */
import type { Chance, Clock, EvseId } from "@wattward/kernel";
import { Car, type Station } from "@wattward/simulator";

const LOOK_MS = 1_000;
/** Between two attempts with a card. */
const AGAIN_MS = 4_000;
const STAYS_MS = 12 * 3_600_000;

export type Pace = {
  readonly gapMs: { readonly least: number; readonly most: number };
  readonly stayMs: { readonly least: number; readonly most: number };
  /** Of every car; absent: by chance. */
  readonly phases?: 1 | 2 | 3;
};

type Place = {
  readonly station: Station;
  readonly evse: EvseId;
  readonly card: { readonly id: string; readonly type: "ISO14443" };
  state: "away" | "there" | "leaves";
  untilMs: number;
  tryAtMs: number;
  busy: boolean;
  car: Car | undefined;
};

export class Drivers {
  private readonly places: readonly Place[];
  private readonly chance: Chance;
  private readonly pace: Pace;
  private readonly clock: Clock;
  visits = 0;

  constructor(
    stations: readonly Station[],
    { chance, clock, pace }: { readonly chance: Chance; readonly clock: Clock; readonly pace: Pace },
  ) {
    this.chance = chance;
    this.clock = clock;
    this.pace = pace;
    this.places = stations.flatMap((station) =>
      station.evses.map(({ id }, i) => ({
        ...{ station, evse: id, state: "away" as const, busy: false, car: undefined },
        card: { id: `04A1B2C3${station.options.id}${i}`.toUpperCase(), type: "ISO14443" as const },
        ...{ untilMs: chance.int(0, 300_000), tryAtMs: 0 },
      })),
    );
  }

  static readonly everyMs = LOOK_MS;

  look(nowMs: number): void {
    for (const place of this.places) this.act(place, nowMs);
  }

  /** Is anybody there whose car could take power now, in a transaction? */
  get wanting(): boolean {
    return this.places.some(
      ({ station, evse, car, state }) =>
        state === "there" && car !== undefined && car.wantsW > 0 && station.charging(evse),
    );
  }

  /** Everybody comes at once. */
  allArrive(nowMs: number): void {
    for (const place of this.places)
      if (place.state === "away") place.untilMs = Math.min(place.untilMs, nowMs);
  }

  private act(place: Place, nowMs: number): void {
    const { evse, station } = place;
    if (place.busy) return;
    if (place.state === "away" && nowMs >= place.untilMs) {
      this.arrive(place, nowMs);
      return;
    }
    if (place.state === "there" && nowMs >= place.untilMs) place.state = "leaves";
    if (place.state === "leaves") {
      if (station.charging(evse)) {
        this.show(place);
        return;
      }
      station.unplug(evse);
      place.state = "away";
      place.car = undefined;
      place.untilMs = nowMs + this.between(this.pace.gapMs);
      return;
    }
    if (place.state !== "there" || station.charging(evse) || nowMs < place.tryAtMs) return;
    // A transaction that a restart ended: the cable is pulled, and everything begun anew.
    place.tryAtMs = nowMs + AGAIN_MS;
    if (place.car !== undefined) {
      station.unplug(evse);
      station.plug(evse, place.car);
    }
    this.show(place);
  }

  private arrive(place: Place, nowMs: number): void {
    const { chance } = this;
    const phases = this.pace.phases ?? ([1, 2, 3, 3, 3] as const)[chance.int(0, 4)]!;
    const car = new Car({
      capacityWh: chance.int(30, 90) * 1000,
      maxW: phases * 230 * ([16, 32, 32] as const)[chance.int(0, 2)]!,
      socPercent: chance.int(5, 60),
      phases,
      ...(place.station.options.bidirectional === true && this.generosity(phases)),
    });
    place.car = car;
    place.state = "there";
    place.untilMs = nowMs + this.between(this.pace.stayMs);
    place.tryAtMs = nowMs + chance.int(1, 5) * 1000;
    place.station.plug(place.evse, car);
    this.visits++;
  }

  /** It says that it stays for long; most do not. */
  private generosity(phases: number) {
    const { wallMs } = this.clock.now();
    return {
      gives: { maxW: phases * 230 * 16, keepsPercent: 20 },
      ...{ socPercent: this.chance.int(30, 80), wants: { percent: 80, leavesAtMs: wallMs + STAYS_MS } },
    };
  }

  private show(place: Place): void {
    place.busy = true;
    void place.station.card(place.evse, place.card).finally(() => {
      place.busy = false;
    });
  }

  private between({ least, most }: { least: number; most: number }): number {
    return this.chance.int(least, most);
  }
}
