/**
 * What one station's socket shows over time, and no single message does: message ids that come again with other content
 * (AT-O13), more heartbeats than any interval asks for (AT-O7), one bad message after the other (AT-O9), and a clock
 * that was set (AT-O16). Pure: it is told what came and when, and says what is worth telling people.
 *
 * Only seen here, never refused: a station that counts its ids from 1 again is a nuisance, and its charging is not.
 */
import { hash } from "node:crypto";
import type { Json, JsonObject } from "@wattward/kernel";
import { type Call, dateTimeMs } from "@wattward/ocpp";
import {
  CLOCK_AGREES_MS_MAX,
  CLOCK_CONFIRM_MS,
  CLOCK_STEP_MS_MIN,
  HEARTBEATS_MAX,
  INVALID_MAX,
  MESSAGE_IDS_KEPT_MAX,
  WATCH_WINDOW_MS,
} from "./limits.ts";

export type Noticed = { readonly kind: string; readonly detail: JsonObject };

export class StationWatch {
  /** Message id → what came under it, or its digest where that is shorter; the oldest first. */
  private readonly ids = new Map<string, string>();
  private readonly heartbeats = new Window(HEARTBEATS_MAX);
  private readonly invalid = new Window(INVALID_MAX);
  private readonly clock = new StationClock();

  /** A CALL, as it was sent; `nowMs` is monotonic. */
  heard({ id, action, payload }: Call, nowMs: number): readonly Noticed[] {
    const seen = [this.reused(id, action, payload)];
    if (action === "Heartbeat" && this.heartbeats.count(nowMs) === "over") {
      seen.push({ kind: "gateway.heartbeat-flood", detail: overFor(HEARTBEATS_MAX) });
    }
    // It is told the time with the answer, and may set its clock (1.6 §4.2; 2.0.1 B01.FR.06).
    if (action === "BootNotification") this.clock.forget();
    const saidMs = timeIn(payload);
    const steppedMs = saidMs === undefined ? undefined : this.clock.said(saidMs, nowMs);
    if (steppedMs !== undefined) {
      seen.push({ kind: "gateway.clock-stepped", detail: { steppedMs, action } });
    }
    return seen.filter((one) => one !== undefined);
  }

  /** A CALL was refused for its form. */
  refused({ action }: Pick<Call, "action">, code: string, nowMs: number): readonly Noticed[] {
    if (this.invalid.count(nowMs) !== "over") return [];
    const detail = { ...overFor(INVALID_MAX), action: action.slice(0, ACTION_CHARS_MAX), code };
    return [{ kind: "gateway.invalid-messages", detail }];
  }

  private reused(id: string, action: string, payload: JsonObject): Noticed | undefined {
    const content = JSON.stringify([action, payload]);
    const digest = content.length <= DIGEST_CHARS ? content : hash("sha256", content);
    const before = this.ids.get(id);
    this.ids.delete(id);
    this.ids.set(id, digest);
    for (const oldest of this.ids.keys()) {
      if (this.ids.size <= MESSAGE_IDS_KEPT_MAX) break;
      this.ids.delete(oldest);
    }
    if (before === undefined || before === digest) return undefined;
    return { kind: "gateway.message-id-reused", detail: { message: id, action } };
  }
}

const ACTION_CHARS_MAX = 50;
/** Of a SHA-256 in hexadecimal: what is no longer is kept as it is. */
const DIGEST_CHARS = 64;
const overFor = (most: number) => ({ most, withinMs: WATCH_WINDOW_MS });

/** So many within a window; the first beyond them is told, the next window begins anew. */
class Window {
  private readonly most: number;
  private fromMs = Number.NEGATIVE_INFINITY;
  private counted = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** `over`: this is the first too many of its window. */
  count(nowMs: number): "over" | "counted" {
    if (nowMs - this.fromMs >= WATCH_WINDOW_MS) {
      this.fromMs = nowMs;
      this.counted = 0;
    }
    this.counted += 1;
    return this.counted === this.most + 1 ? "over" : "counted";
  }
}

type Offset = { readonly ms: number; readonly atMs: number };

/**
 * How far a station's clock is from our monotonic one; our own wall clock may be set meanwhile. One message proves
 * nothing: history out of the station's queue, and a status that is told again with its old time, are behind by as much
 * as they waited. An offset counts once two messages that came some time apart agree on it, which only a clock does.
 */
class StationClock {
  private candidate: Offset | undefined;
  private establishedMs: number | undefined;

  forget(): void {
    this.candidate = undefined;
    this.establishedMs = undefined;
  }

  /** By how much it was set, where this message is the one that proves it. */
  said(saidMs: number, nowMs: number): number | undefined {
    const ms = saidMs - nowMs;
    const { candidate } = this;
    if (candidate === undefined || Math.abs(ms - candidate.ms) > CLOCK_AGREES_MS_MAX) {
      this.candidate = { ms, atMs: nowMs };
      return undefined;
    }
    if (nowMs - candidate.atMs < CLOCK_CONFIRM_MS) return undefined;
    this.candidate = { ms, atMs: nowMs };
    const before = this.establishedMs;
    this.establishedMs = ms;
    if (before === undefined || Math.abs(ms - before) < CLOCK_STEP_MS_MIN) return undefined;
    return Math.round(ms - before);
  }
}

/** When the station says that it wrote this; undefined where it does not say. */
function timeIn({ timestamp, generatedAt, meterValue }: JsonObject): number | undefined {
  const first = Array.isArray(meterValue) ? (meterValue as readonly Json[])[0] : undefined;
  const sampled = typeof first === "object" && first !== null && !Array.isArray(first) ? first : undefined;
  const text = timestamp ?? generatedAt ?? (sampled as JsonObject | undefined)?.["timestamp"];
  return typeof text === "string" ? dateTimeMs(text) : undefined;
}
