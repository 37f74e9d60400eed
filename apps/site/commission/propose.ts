/** The document as it should be after commissioning: models where they were found, nameplates, reverts as they were proven. Comments stay where there are no aliases. */
import { DOCUMENT_ALIASES_MAX, type EnergyConfig } from "@wattward/energy";
import { parseWritten } from "@wattward/energy/document";
import { Document, visit } from "yaml";
import type { Plan } from "./plan.ts";
import type { CommissionReport } from "./report.ts";

const WRITTEN_ANEW = [
  " Written anew by 'site commission': its values are those of the document that was commissioned, but for what was found.",
  " Its comments, and the anchors and aliases (&name, *name) are gone: each entry stands on its own.",
].join("\n");

/** YAML. `set` at the central system, by whoever may; nothing here changes the site by itself. */
export function propose({ text, places, config }: Plan, { devices, phases }: CommissionReport): string {
  const proposed = proposable(text);
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

/** An entry that stands for another (an alias) cannot differ from it: then every entry is written on its own, and comments are lost. */
function proposable(text: string): Document {
  const document = parseWritten(text);
  if (!hasAliases(document)) return document;
  const anew = new Document(document.toJS({ maxAliasCount: DOCUMENT_ALIASES_MAX }));
  anew.commentBefore = WRITTEN_ANEW;
  return anew;
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
