/** A test bench: one station on simulated time, network and disk, a fake central system, and what was written down. */
import assert from "node:assert/strict";
import { type EvseId, type StationId, silentLog } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { SimulatedDisk, SimulatedNetwork, seededChance, simulatedTime } from "@wattward/testing";
import { Car } from "../car/car.ts";
import type { Token } from "../station/dialect.ts";
import type { ReceivedLine, SentLine } from "../station/recorder.ts";
import { createStation, type StationOptions } from "../station/station.ts";
import { FakeCsms } from "./fake-csms.ts";

export const one = 1 as EvseId;
export const card: Token = { id: "04A1B2C3D4E5F6", type: "ISO14443" };
export const other: Token = { id: "04FFFFFFFFFFFF", type: "ISO14443" };
export const someCar = (socPercent = 20, maxW = 11_000) => new Car({ capacityWh: 60_000, maxW, socPercent });

/** `flashMs`: what a write to flash takes. */
type BenchOptions = Partial<StationOptions> & { readonly flashMs?: number };

export async function bench(version: OcppVersion, { flashMs = 0, ...options }: BenchOptions = {}, seed = 1) {
  const time = simulatedTime();
  const network = new SimulatedNetwork(time, seededChance(seed + 1));
  const csms = new FakeCsms(time);
  await network.host("csms").listen(9443, csms.upgrade);
  const disk = new SimulatedDisk(seededChance(seed + 2), { clock: time, syncMs: flashMs });
  const sent: SentLine[] = [];
  const received: ReceivedLine[] = [];
  const failures: unknown[] = [];
  const hooks = { sent: () => {} };
  const handles: ReturnType<SimulatedDisk["boot"]>[] = [];
  const station = createStation(
    { id: "S1" as StationId, version, evses: 1, maxW: 22_000, pathPrefix: "/ocpp", ...options },
    {
      clock: time,
      chance: seededChance(seed + 3),
      ids: seededChance(seed + 4),
      dialer: network.host("S1").dialer("csms", 9443),
      flash: async () => {
        const handle = disk.boot();
        handles.push(handle);
        return handle;
      },
      recorder: {
        sent: async (line) => {
          sent.push(line);
          hooks.sent();
        },
        received: async (line) => void received.push(line),
      },
      log: silentLog,
      failed: (error) => void failures.push(error),
    },
  );
  const during = <T>(work: Promise<T>) => settled(time, work);
  return {
    time,
    network,
    link: network.link("S1", "csms"),
    csms,
    disk,
    station,
    sent,
    received,
    failures,
    /** The flash chip of the present boot. */
    chip: () => handles.at(-1)!,
    async powerOn() {
      await settled(time, station.powerOn());
      await time.advance(5_000);
    },
    /** Does something that takes simulated time and gives its result. */
    during,
    /** Runs when a frame has been written down and not yet been sent. */
    set onSent(run: () => void) {
      hooks.sent = run;
    },
    async session(forMs: number) {
      station.plug(one, someCar());
      await time.advance(2_000);
      assert.equal(await during(station.card(one, card)), "started");
      await time.advance(forMs);
      assert.equal(await during(station.card(one, card)), "stopped");
      await time.advance(2_000);
      station.unplug(one);
      await time.advance(2_000);
    },
  };
}

/** Lets time pass until `work` is done. */
async function settled<T>(time: ReturnType<typeof simulatedTime>, work: Promise<T>): Promise<T> {
  let done = false;
  const watched = work.finally(() => (done = true));
  watched.catch(() => {});
  assert(await time.until(() => done, 60_000), "it took more than a simulated minute");
  return watched;
}
