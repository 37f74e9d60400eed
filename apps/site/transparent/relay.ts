/**
 * A station's two connections as one: its own to this site, and the site's to the CSMS in its name (OCPP 2.0.1 and 2.1
 * Part 4 §6.2 to §6.4).
 *
 *     station ═▶ leg ─▶ answer to us? ─no─▶ leg ═▶ CSMS
 *     station ◀═ leg ◀─ our turn? ───no─── leg ◀═ CSMS
 *
 * Always true: a frame goes on as the text it came as, once, in order, unless it answers a CALL of ours; nothing is kept
 * for later: where one end does not take, the other is not read; the end of one is the end of the other (§6.3), with its
 * code and reason where those can be said. The site says nothing of its own to the CSMS, ever.
 */
import type { Chance, Clock, JsonObject, Log, Wire } from "@wattward/kernel";
import { type CallOutcome, sessionLimits, versionOf } from "@wattward/ocpp";
import { PING_EVERY_MS, SILENT_MS_MAX } from "../stations/limits.ts";
import { Leg } from "./leg.ts";
import { UPSTREAM_PING_EVERY_MS, UPSTREAM_SILENT_MS_MAX } from "./limits.ts";
import { OwnCalls } from "./own-calls.ts";

export type RelayPorts = { readonly clock: Clock; readonly chance: Chance; readonly log: Log };

/** The two ends, neither of them listened to yet. */
export type Ends = {
  readonly station: Wire;
  readonly csms: Wire;
  /** False: the station takes no pings (QUIRKS 28). */
  readonly pinged: boolean;
};

export type Ending = {
  readonly by: "station" | "csms" | "site";
  readonly code: number;
  readonly reason: string;
};

/** RFC 6455 §7.4: what an endpoint may say it is going away with, and what stands for "no code" and "no close at all". */
const GOING_AWAY = 1001;
const NORMAL = 1000;
const NO_CODE = 1005;

export class Relay {
  /** The first of the two has ended, or was told to. */
  readonly ended: Promise<Ending>;
  /** The one to the CSMS has ended. */
  readonly left: Promise<void>;
  private readonly station: Leg;
  private readonly csms: Leg;
  private readonly own: OwnCalls | undefined;
  private readonly log: Log;
  /** Nothing is passed on any more. */
  private over = false;
  private surrendered = false;
  private tellEnd: (ending: Ending) => void = () => {};
  private tellLeft: () => void = () => {};
  /** Frames passed on, for the log. */
  readonly passed = { up: 0, down: 0 };

  constructor({ station, csms, pinged }: Ends, ports: RelayPorts) {
    const { clock, log } = ports;
    this.log = log;
    this.ended = new Promise((resolve) => (this.tellEnd = resolve));
    this.left = new Promise((resolve) => (this.tellLeft = resolve));
    const common = { clock, log, limits: sessionLimits };
    this.station = new Leg({
      ...{ ...common, wire: station, pinged, pingEveryMs: PING_EVERY_MS, silentMsMax: SILENT_MS_MAX },
      message: (text) => this.up(text),
      closed: (code, reason) => this.end({ by: "station", code, reason }),
      broken: (why) => this.broken("station", why),
    });
    this.csms = new Leg({
      ...{ ...common, wire: csms, pinged: true },
      ...{ pingEveryMs: UPSTREAM_PING_EVERY_MS, silentMsMax: UPSTREAM_SILENT_MS_MAX },
      message: (text) => (this.own === undefined ? this.down(text) : this.own.fromCsms(text)),
      closed: (code, reason) => {
        this.tellLeft();
        if (!this.surrendered) this.end({ by: "csms", code, reason });
      },
      broken: (why) => this.broken("csms", why),
    });
    const version = versionOf(csms.protocol);
    if (version !== undefined) {
      this.own = new OwnCalls({
        ...{ ...ports, version },
        toStation: (text) => this.down(text),
        full: (full) => this.csms.block("turn", full),
      });
    }
    this.station.listen();
    this.csms.listen();
  }

  /** Its way to the CSMS is a newer one's. */
  get hasSurrendered(): boolean {
    return this.surrendered;
  }
  get aliveAtMs(): number | undefined {
    return this.station.aliveAtMs;
  }
  ping(): void {
    this.station.ping();
  }

  /** Our own CALL to the station; its answer reaches nobody else. */
  call(action: string, payload: JsonObject, options: { timeoutMs: number }): Promise<CallOutcome> {
    if (this.own !== undefined) return this.own.call(action, payload, options);
    return Promise.resolve({
      kind: "invalid",
      reason: "not sent: a version unknown here is spoken",
      raw: "",
    });
  }

  /** Ends both, in this site's name. */
  close(code: number, reason: string): void {
    this.end({ by: "site", code, reason });
    this.station.close(code, reason);
    this.csms.close(GOING_AWAY, reason);
  }

  /**
   * A newer connection of the same station is about to take this one's place: the socket to the CSMS goes first, so that
   * the CSMS never sees two of one station; the station's own stays, mute, until its place is taken or it is closed.
   */
  surrender(): void {
    this.surrendered = true;
    this.mute();
    this.station.block("surrendered", true);
    this.csms.close(GOING_AWAY, "the station connects anew");
  }

  /** The CSMS has not confirmed that its socket is closed: it ends now, so that another can begin. */
  abandon(): void {
    this.csms.terminate();
  }

  private up(text: string): void {
    if (this.over || this.own?.fromStation(text)) return;
    this.passed.up++;
    this.csms.send(text);
    if (this.csms.isFull) this.slow(this.station, this.csms);
  }

  private down(text: string): void {
    if (this.over) return;
    this.passed.down++;
    this.station.send(text);
    if (this.station.isFull) this.slow(this.csms, this.station);
  }

  /** `sender` is not read until `taker` has taken. */
  private slow(sender: Leg, taker: Leg): void {
    if (sender.isBlockedFor("taker")) return;
    sender.block("taker", true);
    taker.whenDrained(() => sender.block("taker", false));
  }

  private broken(who: "station" | "csms", why: string): void {
    this.log.warn("relay-broken", { who, why });
    this.settle({ by: "site", code: GOING_AWAY, reason: `the ${who} ${why}` });
    // Whoever breaks a limit gets no farewell; the other one does.
    const [bad, good] = who === "station" ? [this.station, this.csms] : [this.csms, this.station];
    bad.terminate();
    good.close(GOING_AWAY, "going away");
  }

  /** One has ended: so must the other, as it would have (§6.3). */
  private end(ending: Ending): void {
    const wasOver = this.over;
    this.settle(ending);
    if (wasOver) return;
    const code = sayable(ending.code);
    if (ending.by === "station") this.csms.close(code, ending.reason);
    if (ending.by === "csms") this.station.close(code, ending.reason);
  }

  private settle(ending: Ending): void {
    this.mute();
    // Only the first of them counts, as with any promise.
    this.tellEnd(ending);
  }

  private mute(): void {
    this.over = true;
    this.own?.close();
  }
}

/** The code that can be passed on: "none given" is a normal end, "no close at all" is one of us going away. */
function sayable(code: number): number {
  if (code === NO_CODE) return NORMAL;
  const official = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006;
  return official || (code >= 3000 && code <= 4999) ? code : GOING_AWAY;
}
