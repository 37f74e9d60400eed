/** A document from text to a new version, for API and command line alike: checked against the inventory, then stored. */
import type { Strategy } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import type { Core, EnergyChanged } from "../core/port.ts";
import type { DocumentCheck } from "./check-document.ts";
import { rewritten } from "./rewritten.ts";

export type Saving = {
  readonly site: SiteId;
  /** The version that it was made from; 0: there was none. */
  readonly base: number;
  /** Empty: the site's energy is no longer managed. */
  readonly text: string;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
};
export type Saved = EnergyChanged | { readonly kind: "faulty" };

export async function saveDocument(
  core: Pick<Core, "query" | "decide">,
  saving: Saving,
): Promise<{ readonly saved: Saved; readonly check: DocumentCheck | undefined }> {
  if (saving.text.trim() === "") {
    const saved = await core.decide("energy.set", { ...saving, text: "", stations: [] });
    return { saved, check: undefined };
  }
  const check = await core.query("energy.check", { site: saving.site, text: saving.text });
  if (check.compiled === undefined) return { saved: { kind: "faulty" }, check };
  const { energy, guard, stations } = check.compiled;
  const saved = await core.decide("energy.set", {
    ...saving,
    energy,
    ...(guard !== undefined && { guard }),
    stations,
  });
  return { saved, check };
}

export type StrategySaved = Saved | { readonly kind: "no-document" };

/** The newest document with another strategy, all else in it as it was written. */
export async function saveStrategy(
  core: Pick<Core, "query" | "decide">,
  { strategy, ...who }: Omit<Saving, "base" | "text"> & { readonly strategy: Strategy },
): Promise<{ readonly saved: StrategySaved; readonly check: DocumentCheck | undefined }> {
  const found = await core.query("energy.document", { site: who.site });
  if (found === undefined) return { saved: { kind: "unknown-site" }, check: undefined };
  const { document } = found;
  if (document === null || !document.managed) return { saved: { kind: "no-document" }, check: undefined };
  const text = rewritten(document.text, ["energy", "strategy"], strategy);
  return saveDocument(core, { ...who, base: document.version, text });
}
