/** The document as it should be after commissioning: models where they were found, nameplates, reverts as they were proven. Comments stay. */
import { DOCUMENT_ALIASES_MAX, type EnergyConfig } from "@wattward/energy";
import { Document, visit } from "yaml";
import type { Plan } from "./plan.ts";
import type { CommissionReport } from "./report.ts";

/** YAML. `set` at the central system, by whoever may; nothing here changes the site by itself. */
export function propose({ document, places, config }: Plan, { devices, phases }: CommissionReport): string {
  // An entry that stands for another (an alias) cannot differ from it: then without its comments, every entry on its own.
  const proposed = hasAliases(document)
    ? new Document(document.toJS({ maxAliasCount: DOCUMENT_ALIASES_MAX }))
    : document.clone();
  for (const { device, at } of places) {
    const found = devices.find(({ device: id }) => id === device.id);
    if (found === undefined || at < 0) continue;
    if (found.models !== undefined)
      proposed.setIn(["modbus", at, "models"], proposed.createNode(found.models, { flow: true }));
    const { chargeW, dischargeW } = found.rated ?? {};
    if (chargeW !== undefined) proposed.setIn(["modbus", at, "ratedChargeW"], Math.round(chargeW));
    if (dischargeW !== undefined) proposed.setIn(["modbus", at, "ratedDischargeW"], Math.round(dischargeW));
    const { is } = device;
    const hasSource = is.kind === "battery" || is.kind === "solar";
    const source = hasSource ? config.site.sources.findIndex(({ id }) => id === is.source) : -1;
    if (source < 0 || found.revert === undefined) continue;
    const { revert } = found;
    const proven =
      revert.kind === "proven" ? { kind: revert.kind, afterMs: revert.afterMs } : { kind: revert.kind };
    proposed.setIn(
      ["energy", "site", "sources", source, "revert"],
      proposed.createNode(proven, { flow: true }),
    );
  }
  const checked = phases.filter(({ seen }) => seen !== "not-checked");
  if (checked.length > 0 && checked.every(({ inverted }) => inverted === true))
    turnGridMeter(proposed, config);
  return proposed.toString({ lineWidth: 0 });
}

/** Every load that came was seen to leave: it is the meter, not the loads. */
function turnGridMeter(proposed: Document, { site, devices }: EnergyConfig): void {
  const top = site.fuses.find(({ parent }) => parent === undefined);
  const meter = site.meters.find(({ fuse }) => fuse === top?.id);
  devices.forEach(({ is }, i) => {
    if (is.kind === "meter" && is.meter === meter?.id)
      proposed.setIn(["energy", "devices", i, "is", "inverted"], is.inverted !== true);
  });
}

function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
