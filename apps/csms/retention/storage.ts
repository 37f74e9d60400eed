/**
 * How much room there is, and what is given up where there is little: first the message log (it stops, then it is
 * emptied), so that its space is free for transactions, which are the last (DESIGN 25). Low and recovered are told once
 * each, with a distance between the two.
 */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { readMeta, setting, writeMeta } from "../core/settings.ts";
import type { Tx } from "../store/writer.ts";

const LOW = "storage_low";
/** Recovered is this much of the watermark above it. */
const RECOVERED_BEYOND = 0.25;

export async function storageIsLow(tx: Tx): Promise<boolean> {
  return (await tx.first(readMeta, { key: LOW }))?.value === "1";
}

export const judgeStorage: Decision<"storage.measured"> = async (tx, { measured, atMs }) => {
  const before = await storageIsLow(tx);
  const name = measured.kind === "free" ? "disk_free_min_mb" : "database_max_mb";
  const watermarkMb = await setting(tx, name);
  const low = watermarkMb > 0 && isLow(measured, watermarkMb, before);
  if (low !== before) {
    await tx.run(writeMeta, { key: LOW, value: low ? "1" : "0" });
    const data = { measure: measured.kind, mb: measured.mb, watermarkMb };
    observe(tx, { kind: low ? "storage.low" : "storage.recovered", source: "csms", atMs, data });
  }
  return { low };
};

function isLow(
  { kind, mb }: { readonly kind: "free" | "used"; readonly mb: number },
  watermarkMb: number,
  before: boolean,
): boolean {
  const distance = before ? RECOVERED_BEYOND : 0;
  return kind === "free" ? mb < watermarkMb * (1 + distance) : mb > watermarkMb * (1 - distance);
}
