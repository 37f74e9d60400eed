/**
 * Local answers to stations that speak OCPP 2.x: the rows of the messages that 2.0.1 and 2.1 share (Part 2, messages of
 * the charging station). What 2.1 adds or answers otherwise is in `table-2.1.ts`.
 */
import { type JsonObject, rfc3339 } from "@wattward/kernel";
import { nothing, type Question, type Row, row, textOf } from "./row.ts";

const object = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** IdTokenInfo by local list, cache and policy. Starting without authorisation is the station's own setting (C02). */
const idTokenInfoUpTo =
  (tokenCharsMax: number) =>
  ({ payload, authorise }: Question) => {
    const { idToken, type } = object(payload.idToken);
    if (type === "NoAuthorization") return { status: "Accepted" };
    const token = textOf(idToken);
    if (token === "" || token.length > tokenCharsMax) return { status: "Invalid" };
    const { status, expiresAtMs } = authorise(token);
    return { status, ...(expiresAtMs !== undefined && { cacheExpiryDateTime: rfc3339(expiresAtMs) }) };
  };

/** `tokenCharsMax`: 36 in 2.0.1, 255 in 2.1 (IdTokenType). */
export function rows2x(tokenCharsMax: number): readonly Row[] {
  const idTokenInfo = idTokenInfoUpTo(tokenCharsMax);
  return [
    row(
      "Authorize",
      "kept-if-local",
      (q) => ({ idTokenInfo: idTokenInfo(q) }),
      "`idTokenInfo` by list, cache, policy",
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
    row("ClearedChargingLimit", "status", nothing, "`{}`"),
    row("DataTransfer", "relayed", () => ({ status: "Rejected" }), "`Rejected`"),
    row("FirmwareStatusNotification", "status", nothing, "`{}`"),
    row("Get15118EVCertificate", "relayed", () => ({ status: "Failed", exiResponse: "" }), "`Failed`"),
    row("GetCertificateStatus", "relayed", () => ({ status: "Failed" }), "`Failed`"),
    row("Heartbeat", "relayed", ({ now }) => ({ currentTime: rfc3339(now.wallMs) }), "the site's time"),
    row("LogStatusNotification", "status", nothing, "`{}`"),
    row("MeterValues", "sample-outside", nothing, "`{}`"),
    row("NotifyChargingLimit", "status", nothing, "`{}`"),
    row("NotifyCustomerInformation", "status", nothing, "`{}`"),
    row("NotifyDisplayMessages", "status", nothing, "`{}`"),
    row("NotifyEVChargingNeeds", "relayed", () => ({ status: "Rejected" }), "`Rejected`"),
    row("NotifyEVChargingSchedule", "status", () => ({ status: "Accepted" }), "`Accepted`"),
    row("NotifyEvent", "event", nothing, "`{}`"),
    row("NotifyMonitoringReport", "status", nothing, "`{}`"),
    row("NotifyReport", "status", nothing, "`{}`"),
    row("PublishFirmwareStatusNotification", "status", nothing, "`{}`"),
    row("ReportChargingProfiles", "status", nothing, "`{}`"),
    row("ReservationStatusUpdate", "status", nothing, "`{}`"),
    row("SecurityEventNotification", "event", nothing, "`{}`"),
    row("SignCertificate", "relayed", () => ({ status: "Rejected" }), "`Rejected`"),
    row("StatusNotification", "status", nothing, "`{}`"),
    {
      action: "TransactionEvent",
      // Who pays may be named by any event, so one with a token is never given up.
      keeping: ({ eventType, idToken }) =>
        eventType === "Updated" && idToken === undefined ? "sample-inside" : "billing",
      answer: (q) => (q.payload.idToken === undefined ? {} : { idTokenInfo: idTokenInfo(q) }),
      kept: "billing; Updated without a token: sample-inside",
      says: "`{}`, with a token `idTokenInfo` by list, cache, policy",
    },
  ];
}
