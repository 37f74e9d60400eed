/** What a trace shows once a second: what the loop believes, beside what is true. Amperes. */
import type { LoopState } from "@wattward/energy";
import type { Controller } from "./controller.ts";
import type { Plant } from "./plant.ts";

const amps = (ma: number): string => (ma / 1_000).toFixed(1);
const each = (ma: readonly number[]): string => ma.map(amps).join("/");

export function stateLines(plant: Plant, { last }: Controller): string[] {
  if (last === undefined) return [];
  const refused = last.state.meters.flatMap((meter) => meter.refused ?? []);
  const sources = [...plant.batteries, ...plant.solars].map(
    ({ fault, feedW, source }) => `${source.id} [${fault}] feeds ${Math.round(feedW)} W`,
  );
  const setpoints = last.setpoints.map(({ feedW, source, why }) => `${source} told ${feedW} W: ${why}`);
  return [
    `  ${[last.mode, ...refused, ...sources, ...setpoints].join("; ")}`,
    ...last.state.fuses.map((fuse) => fuseLine(fuse, plant)),
    ...last.state.outlets.map((outlet) => outletLine(outlet, plant)),
  ];
}

function fuseLine(fuse: LoopState["fuses"][number], plant: Plant): string {
  const { baseMa, capacityMa, id, known, mayMa, measuredMa } = fuse;
  const { base, sources, total } = plant.flowOf(id);
  const measured = measuredMa === undefined ? "-" : each(measuredMa);
  const believed = `${known}: base ${each(baseMa)} may ${each(mayMa)} of ${each(capacityMa)} reads ${measured}`;
  return `  ${id} ${believed} | base ${each(base)} sources ${each(sources)} all ${each(total)}`;
}

function outletLine({ id, limitMa, mayMa, standing }: LoopState["outlets"][number], plant: Plant): string {
  const evse = plant.evseOf(id);
  const { car, phases, station, told } = evse;
  const tells = told === undefined ? "-" : `${each(told.terminalsMa)} at ${told.atMs / 1_000}`;
  const believed = `${standing}: limit ${amps(limitMa)} may ${each(mayMa)} told ${tells}`;
  const draws = car === undefined ? "no car" : `draws ${amps(car.drawMa)} on ${phases}`;
  const is = `${station.off ? "off" : station.fault}, ${station.telling.kind}`;
  return `  ${id} ${believed} | ${is}: limit ${amps(evse.limitMa)} ${draws}`;
}
