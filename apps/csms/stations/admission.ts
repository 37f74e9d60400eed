/**
 * May this certificate open a socket as this station? The chain, the time and the deny set were checked before; here
 * it is held against the inventory (ADR 7, 9; A00.FR.405). The newest certificate seen is remembered: an older one of
 * the same station is never accepted again (QUIRKS, takeover).
 *
 * A station that nobody added, with a certificate of ours in its own name, is let in as `pending`: it may boot, is
 * told Pending, and waits for a person (B02).
 */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Admission, AdmissionRequest } from "../core/port.ts";
import type { Tx } from "../store/writer.ts";
import { handlingOf } from "../tolerance/handling.ts";
import { blank } from "./inventory.ts";
import { findStation, insertStation, rememberCertificate, type Station } from "./rows.ts";

export const admit: Decision<"station.admit"> = async (tx, request) => {
  const known = await tx.first(findStation, { id: request.station });
  const verdict = admission(known, request);
  if (verdict.kind === "refused") {
    const data = { reason: verdict.reason, serial: request.certificate.serial };
    observe(tx, { ...headOf(request, known), kind: "station.refused", data });
    return verdict;
  }
  if (known === undefined) await takeIn(tx, request);
  const { key, notBeforeMs } = request.certificate;
  if (known?.certificate_key !== key || known.certificate_from_ms !== notBeforeMs) {
    await tx.run(rememberCertificate, { id: request.station, key, fromMs: notBeforeMs });
  }
  return { ...verdict, handling: await handlingOf(tx, request.station) };
};

/** Pure. */
export function admission(known: Station | undefined, request: AdmissionRequest): Admission {
  const { station, certificate, route } = request;
  const refused = (reason: (Admission & { kind: "refused" })["reason"]): Admission => ({
    kind: "refused",
    reason,
  });
  if (known === undefined) {
    const itsOwn = certificate.serial === station && route.kind === "direct";
    return itsOwn ? { kind: "admitted", pending: true } : refused("unknown-station");
  }
  if (certificate.serial !== known.serial) return refused("wrong-certificate");
  if (known.admission === "blocked") return refused("blocked");
  const routed =
    route.kind === "direct"
      ? known.route !== "site"
      : known.route !== "direct" && known.site_id === route.site;
  if (!routed) return refused("wrong-route");
  const sameKey = certificate.key === known.certificate_key;
  const fromMs = known.certificate_from_ms ?? Number.NEGATIVE_INFINITY;
  // Of two certificates with one date but different keys, the one that was seen stands.
  if (certificate.notBeforeMs < fromMs || (certificate.notBeforeMs === fromMs && !sameKey)) {
    return refused("older-certificate");
  }
  return { kind: "admitted", pending: known.admission === "pending" };
}

async function takeIn(tx: Tx, request: AdmissionRequest): Promise<void> {
  await tx.run(insertStation, {
    ...blank(request.atMs),
    id: request.station,
    serial: request.certificate.serial,
    route: "direct",
    site_id: null,
    admission: "pending",
  });
  const data = { serial: request.certificate.serial };
  observe(tx, { ...headOf(request, undefined), kind: "station.unknown", data });
}

const headOf = (request: AdmissionRequest, known: Station | undefined) =>
  ({ source: "csms", atMs: request.atMs, station: request.station, site: known?.site_id ?? null }) as const;
