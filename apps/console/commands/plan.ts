/**
 * What an operator wants, in the words of the station's own version: 1.6 §5, or 2.0.1 and 2.1 Part 2 (use cases F01 to
 * F03, F06, B11, B12, G03, G04; the same in both). The CSMS checks the payload against the official schema; this table only writes it.
 */
import type { Data, Station } from "../api/shapes.ts";

/** The idToken of 2.0.1 holds 36 characters, that of 2.1 255; 1.6's idTag 20, of which some stations damage the last two (QUIRKS 20). */
export const TOKEN_CHARS_MAX = { "1.6": 18, "2.0.1": 36, "2.1": 255 } as const;
export type Version = keyof typeof TOKEN_CHARS_MAX;

/** `evse` 0 is the whole station. `calm`: a reset that waits for, or at least ends, its sessions in order. */
export type Intent =
  | { readonly kind: "start"; readonly evse: number; readonly token: string }
  | { readonly kind: "stop"; readonly wireId: string }
  | { readonly kind: "reset"; readonly calm: boolean }
  | { readonly kind: "availability"; readonly evse: number; readonly operative: boolean }
  | { readonly kind: "trigger"; readonly message: TriggerMessage; readonly evse: number };

export type TriggerMessage = "StatusNotification" | "MeterValues" | "Heartbeat" | "BootNotification";
/** What may be asked for: an accepted 2.x station must refuse to boot on request (F06.FR.17). */
export const triggerMessages: Readonly<Record<Version, readonly TriggerMessage[]>> = {
  "1.6": ["StatusNotification", "MeterValues", "Heartbeat", "BootNotification"],
  "2.0.1": ["StatusNotification", "MeterValues", "Heartbeat"],
  "2.1": ["StatusNotification", "MeterValues", "Heartbeat"],
};

export type Plan = { readonly action: string; readonly payload: Data };

/** The version a station last spoke; undefined where it never connected, or speaks one that we do not. */
export function versionOf(station: Station): Version | undefined {
  const { version } = station;
  return version === "1.6" || version === "2.0.1" || version === "2.1" ? version : undefined;
}

/** `remoteStartId`: chance, 1 to 2³¹-1; 2.x returns it in the transaction's first event. */
export function planCommand(version: Version, intent: Intent, remoteStartId: number): Plan {
  return version === "1.6" ? plan16(intent) : plan2(intent, remoteStartId);
}

function plan16(intent: Intent): Plan {
  switch (intent.kind) {
    case "start":
      return {
        action: "RemoteStartTransaction",
        payload: { connectorId: intent.evse, idTag: intent.token },
      };
    case "stop":
      return { action: "RemoteStopTransaction", payload: { transactionId: Number(intent.wireId) } };
    case "reset":
      return { action: "Reset", payload: { type: intent.calm ? "Soft" : "Hard" } };
    case "availability":
      return {
        action: "ChangeAvailability",
        payload: { connectorId: intent.evse, type: intent.operative ? "Operative" : "Inoperative" },
      };
    case "trigger":
      return {
        action: "TriggerMessage",
        payload: {
          requestedMessage: intent.message,
          ...(aboutEvse(intent) ? { connectorId: intent.evse } : {}),
        },
      };
  }
}

function plan2(intent: Intent, remoteStartId: number): Plan {
  switch (intent.kind) {
    case "start":
      return {
        action: "RequestStartTransaction",
        payload: {
          evseId: intent.evse,
          remoteStartId,
          idToken: { idToken: intent.token, type: "Central" },
        },
      };
    case "stop":
      return { action: "RequestStopTransaction", payload: { transactionId: intent.wireId } };
    case "reset":
      return { action: "Reset", payload: { type: intent.calm ? "OnIdle" : "Immediate" } };
    case "availability":
      return {
        action: "ChangeAvailability",
        payload: {
          operationalStatus: intent.operative ? "Operative" : "Inoperative",
          ...(intent.evse > 0 ? { evse: { id: intent.evse } } : {}),
        },
      };
    case "trigger":
      return {
        action: "TriggerMessage",
        payload: {
          requestedMessage: intent.message,
          // F06.FR.13: a status is asked of a connector, not of an EVSE.
          ...(aboutEvse(intent)
            ? {
                evse: {
                  id: intent.evse,
                  ...(intent.message === "StatusNotification" ? { connectorId: 1 } : {}),
                },
              }
            : {}),
        },
      };
  }
}

const aboutEvse = (intent: { message: TriggerMessage; evse: number }): boolean =>
  intent.evse > 0 && (intent.message === "StatusNotification" || intent.message === "MeterValues");
