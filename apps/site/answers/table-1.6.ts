/** Local answers to stations that speak OCPP 1.6 (§4) and its security whitepaper, edition 3. */
import { rfc3339 } from "@wattward/kernel";
import { nothing, type Question, row, table, textOf } from "./row.ts";

/** IdTagInfo of §7.26 by local list, cache and policy; an over-long tag is Invalid, no error (QUIRKS 20). */
function idTagInfo({ payload, authorise }: Question) {
  const idTag = textOf(payload.idTag);
  if (idTag === "" || idTag.length > 20) return { status: "Invalid" };
  const { status, expiresAtMs } = authorise(idTag);
  return { status, ...(expiresAtMs !== undefined && { expiryDate: rfc3339(expiresAtMs) }) };
}

export const table16 = table([
  row(
    "Authorize",
    "kept-if-local",
    (q) => ({ idTagInfo: idTagInfo(q) }),
    "`idTagInfo` by list, cache, policy",
  ),
  row(
    "BootNotification",
    "event",
    ({ now, heartbeatIntervalS }) => ({
      status: "Accepted",
      currentTime: rfc3339(now.wallMs),
      interval: heartbeatIntervalS,
    }),
    "`Accepted`, the site's time, the bundle's interval",
  ),
  row("DataTransfer", "relayed", () => ({ status: "Rejected" }), "`Rejected`"),
  row("DiagnosticsStatusNotification", "status", nothing, "`{}`"),
  row("FirmwareStatusNotification", "status", nothing, "`{}`"),
  row("Heartbeat", "relayed", ({ now }) => ({ currentTime: rfc3339(now.wallMs) }), "the site's time"),
  row("LogStatusNotification", "status", nothing, "`{}`"),
  {
    action: "MeterValues",
    // An id of 0 or less is none (QUIRKS 11).
    keeping: ({ transactionId }) =>
      typeof transactionId === "number" && transactionId > 0 ? "sample-inside" : "sample-outside",
    answer: nothing,
    kept: "sample-inside with a transaction id, else sample-outside",
    says: "`{}`",
  },
  row("SecurityEventNotification", "event", nothing, "`{}`"),
  row("SignCertificate", "relayed", () => ({ status: "Rejected" }), "`Rejected`"),
  row("SignedFirmwareStatusNotification", "status", nothing, "`{}`"),
  row(
    "StartTransaction",
    "billing",
    (q) => ({
      transactionId: q.start?.transactionId ?? 0,
      idTagInfo: q.start?.valid === true ? idTagInfo(q) : { status: "Invalid" },
    }),
    "`transactionId` from the lease, `idTagInfo` by list, cache, policy",
  ),
  row("StatusNotification", "status", nothing, "`{}`"),
  row("StopTransaction", "billing", nothing, "`{}`"),
]);
