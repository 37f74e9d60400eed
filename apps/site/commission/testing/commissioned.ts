/** A commissioning of the small plant on simulated time. */
import assert from "node:assert/strict";
import type { SiteId } from "@wattward/kernel";
import type { SmallPlant } from "../../energy-controller/testing/small-plant.ts";
import { type CommissionPorts, commission } from "../commission.ts";
import { readPlan } from "../plan.ts";
import { propose } from "../propose.ts";
import type { CommissionReport } from "../report.ts";

export function documentOf(plant: SmallPlant): string {
  const modbus = plant.config.devices.map(({ id, unit }) => ({
    device: id,
    host: "10.0.0.1",
    port: 502,
    tls: false,
    deviceUnit: unit,
  }));
  return JSON.stringify({ schema: 1, energy: plant.config, modbus }, null, 1);
}

export async function commissioned(
  plant: SmallPlant,
  over: Partial<CommissionPorts> = {},
  text = documentOf(plant),
): Promise<{ report: CommissionReport; proposal: string; said: string[] }> {
  const plan = readPlan(text);
  assert(plan.ok, plan.ok ? "" : plan.fault.join("\n"));
  await plant.time.advance(300);
  const said: string[] = [];
  let report: CommissionReport | undefined;
  void commission(plan.value, text, {
    ...{
      site: "lyon" as SiteId,
      software: "0",
      clock: plant.time,
      chance: plant.chance,
      provesReverts: true,
    },
    dial: () => plant.network.dialer("guard"),
    signal: new AbortController().signal,
    held: () => {},
    progress: (step, of, sentence) => void said.push(`${step}/${of} ${sentence}`),
    ...over,
  }).then((done) => (report = done));
  assert(await plant.time.until(() => report !== undefined, 600_000));
  return { report: report!, proposal: propose(plan.value, report!), said };
}
export const about = (report: CommissionReport, kind: string, what: string) =>
  report.devices.find((device) => device.kind === kind)!.findings.filter(({ about }) => about === what);
