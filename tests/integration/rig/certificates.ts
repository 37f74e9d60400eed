/** Certificates that the operator's own authorities would issue on another day, or another operator's on this one. */
import { join } from "node:path";
import type { Clock } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { type Authorities, issueStation } from "@wattward/pki";
import { newKey, openAuthorityFiles, openOrCreateAuthorityFiles, publicHalf } from "@wattward/pki/files";
import type { Identity } from "./operator.ts";

const chance = systemChance;

/** A certificate of `serial`, new key and all, as the CSMS's authorities issue it at `atMs`, valid for `days`. */
export async function stationIssuedAt(
  out: string,
  serial: string,
  { atMs, days = 365 }: { readonly atMs: number; readonly days?: number },
): Promise<Identity> {
  const { authorities } = await openAuthorityFiles(join(out, "csms"), { chance, clock: systemClock() });
  return issued(authorities, { serial, days, clock: { ...systemClock(), now: () => instant(atMs) } });
}

/** The same serial number, certified by authorities that nobody here knows; it trusts ours. */
export async function foreignStation(out: string, serial: string, ca: string): Promise<Identity> {
  const clock = systemClock();
  const { authorities } = await openOrCreateAuthorityFiles(join(out, "foreign"), { chance, clock });
  return { ...(await issued(authorities, { serial, days: 365, clock })), ca };
}

const instant = (wallMs: number) => ({ wallMs, quality: "synced", monotonicMs: performance.now() }) as const;

type Order = { readonly serial: string; readonly days: number; readonly clock: Clock };

async function issued(authorities: Authorities, { serial, days, clock }: Order): Promise<Identity> {
  const key = await newKey("ec-p256");
  const made = await issueStation(
    authorities,
    { serial, publicKey: publicHalf(key), days },
    { clock, chance },
  );
  if (!made.ok) throw new Error(made.fault.sentence);
  return {
    ca: authorities.root.pem,
    cert: made.value.chainPem,
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
