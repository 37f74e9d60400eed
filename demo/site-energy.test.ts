/** What the demo's site has that is as bad as it comes in the field, and that it is planned for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Policy } from "@wattward/guard";
import { stations } from "./plant.ts";
import { type DevicePorts, deviceNames, plantOf, siteDocumentOf } from "./site-energy.ts";

type Words = {
  readonly energy: {
    readonly site: {
      readonly voltageV: number;
      readonly fuses: readonly { id: string; parent?: string; ratedMa: number }[];
      readonly outlets: readonly {
        readonly station: string;
        readonly fuse: string;
        readonly wiring: readonly string[];
        readonly safeMa: number;
        readonly respondsMs: number;
      }[];
      readonly loads: readonly { fuse: string; highestMa: readonly number[] }[];
      readonly sources: readonly {
        readonly id: string;
        readonly kind: string;
        readonly fuse: string;
        readonly chargeWMax: number;
        readonly revert?: { readonly kind: string };
      }[];
    };
    readonly devices: readonly { readonly id: string; readonly unit: number }[];
  };
  readonly guard: Policy;
};

const ports = Object.fromEntries(deviceNames.map((name, i) => [name, 15_021 + i])) as DevicePorts;
const plant = await plantOf(ports, 15_020);
const { energy, guard } = (await siteDocumentOf(plant)) as Words;

test("a battery without revert: its document says so, and the guard lets no power through to it", () => {
  const never = plant.devices?.filter(({ reverting }) => reverting === "never").map(({ id }) => id);
  const unproven = energy.site.sources.filter(({ revert }) => revert?.kind === "unproven");
  assert.deepEqual(never, ["old-battery"]);
  assert.deepEqual(
    unproven.map(({ id }) => id),
    never,
  );
  const powers = (name: string) => {
    const writes = guard.rules.filter(({ device }) => device === name).flatMap((rule) => rule.writes ?? []);
    const rates = writes.filter(({ register }) => /\.(In|Out)WRte$/.test(register));
    return rates.map(({ min, max }) => [min, max]);
  };
  assert.deepEqual(powers("old-battery"), [
    [0, 0],
    [0, 0],
  ]);
  assert(powers("battery").every(([min = 0, max = 0]) => min < 0 && max > 0));
});

test("each device is known to energy and guard under the same unit", () => {
  const known = (devices: readonly { readonly unit: number }[], name: (one: never) => string) =>
    devices.map((one) => [name(one as never), one.unit]);
  assert.deepEqual(
    known(energy.devices, ({ id }: { id: string }) => id),
    known(guard.devices, (one: { name: string }) => one.name),
  );
});

test("a station that obeys badly: it follows a lower limit later than its outlet declares, and yet in time for every fuse", () => {
  const respondsMs = ({ id }: { readonly id: string }) =>
    Math.max(...energy.site.outlets.filter(({ station }) => station === id).map((one) => one.respondsMs));
  const late = stations.filter((one) => "respondsS" in one && one.respondsS * 1000 > respondsMs(one));
  assert.deepEqual(
    late.map(({ id }) => id),
    ["LYO-06"],
  );
  // The bound of the recount: a second to notice, the declared time, and five seconds (limits.ts).
  for (const one of late) assert(("respondsS" in one ? one.respondsS : 0) * 1000 <= respondsMs(one) + 5_000);
});

test("with no controller at all every fuse carries all of it, the old battery's charging among it", () => {
  const { fuses, loads, outlets, sources, voltageV } = energy.site;
  const isBelow = (of: string, fuse: string): boolean => {
    const parent = fuses.find(({ id }) => id === of)?.parent;
    return of === fuse || (parent !== undefined && isBelow(parent, fuse));
  };
  for (const { id, ratedMa } of fuses)
    for (const [i, phase] of ["L1", "L2", "L3"].entries()) {
      const all = [
        ...outlets.flatMap((one) =>
          isBelow(one.fuse, id) && one.wiring.includes(phase) ? [one.safeMa] : [],
        ),
        ...loads.flatMap(({ fuse, highestMa }) => (isBelow(fuse, id) ? [highestMa[i] ?? 0] : [])),
        ...sources.flatMap(({ chargeWMax, fuse, kind }) =>
          kind === "battery" && isBelow(fuse, id) ? [(chargeWMax * 1000) / (3 * voltageV)] : [],
        ),
      ];
      const sum = all.reduce((ma, one) => ma + one, 0);
      assert(sum <= ratedMa, `${id} ${phase}: ${sum} of ${ratedMa} mA`);
    }
});
