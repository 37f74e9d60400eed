/**
 * Watches over one wire: pings it, gives up a silent peer, ends one that does not read.
 *
 * Any message counts as life. A missing pong alone kills nothing (QUIRKS 28): a peer that has answered pings before is
 * given up after {@link SILENT_INTERVALS_MAX} silent intervals; one that never did, only after three times the
 * heartbeat interval it was granted (QUIRKS 29).
 */
import { type Cancel, type Clock, every, type Log, type Wire } from "@wattward/kernel";
import { HEARTBEAT_ASSUMED_S, PING_INTERVAL_MS, SILENT_INTERVALS_MAX, UNREAD_BYTES_MAX } from "./limits.ts";

export type Watched = {
  /** To be used in place of the wire that was given. */
  readonly wire: Wire;
  /**
   * Milliseconds since the last pong, or since one would not have been read, because we were behind; undefined where there
   * was neither.
   */
  pongAgoMs(): number | undefined;
  /** The heartbeat interval that a boot answer granted, seconds. */
  granted(heartbeatIntervalS: number): void;
};

/**
 * Begins with the first `listen` on the returned wire and ends when that wire is closed. `pinged`: false for a station that
 * an operator wants left alone; then its messages alone show its life (QUIRKS 28).
 */
export function watched(wire: Wire, clock: Clock, log: Log, pinged: () => boolean = () => true): Watched {
  const nowMs = () => clock.now().monotonicMs;
  let heardAtMs = nowMs();
  let pongAtMs: number | undefined;
  let heartbeatMs = HEARTBEAT_ASSUMED_S * 1000;
  let paused = false;
  let unreadAtMs: number | undefined;
  let stop: Cancel = () => {};

  const silenceMsMax = () =>
    SILENT_INTERVALS_MAX *
    (pongAtMs === undefined || !pinged() ? Math.max(PING_INTERVAL_MS, heartbeatMs) : PING_INTERVAL_MS);

  const endIfNotReading = () => {
    if (wire.bufferedBytes <= UNREAD_BYTES_MAX) return;
    log.warn("peer-does-not-read", { bytes: wire.bufferedBytes });
    wire.terminate();
  };

  const look = () => {
    endIfNotReading();
    // While we do not read, silence is of our own making.
    const silentMs = paused ? 0 : nowMs() - heardAtMs;
    if (silentMs < silenceMsMax()) return pinged() ? wire.ping() : undefined;
    log.info("peer-silent", { silentMs });
    wire.terminate();
  };

  return {
    pongAgoMs: () => {
      if (paused) return 0;
      const aliveAtMs = Math.max(
        pongAtMs ?? Number.NEGATIVE_INFINITY,
        unreadAtMs ?? Number.NEGATIVE_INFINITY,
      );
      return aliveAtMs === Number.NEGATIVE_INFINITY ? undefined : nowMs() - aliveAtMs;
    },
    granted: (intervalS) => (heartbeatMs = intervalS * 1000),
    wire: {
      peer: wire.peer,
      protocol: wire.protocol,
      get bufferedBytes() {
        return wire.bufferedBytes;
      },
      get receivedBytes() {
        return wire.receivedBytes;
      },
      send: (text) => {
        wire.send(text);
        endIfNotReading();
      },
      pause: () => {
        paused = true;
        wire.pause();
      },
      resume: () => {
        paused = false;
        heardAtMs = unreadAtMs = nowMs();
        wire.resume();
      },
      ping: () => wire.ping(),
      close: (code, reason) => wire.close(code, reason),
      terminate: () => wire.terminate(),
      listen: (handlers) => {
        stop = every(clock, PING_INTERVAL_MS, look);
        wire.listen({
          message: (text) => {
            heardAtMs = nowMs();
            handlers.message(text);
          },
          pong: () => {
            heardAtMs = pongAtMs = nowMs();
            handlers.pong?.();
          },
          closed: (code, reason) => {
            stop();
            handlers.closed(code, reason);
          },
        });
      },
    },
  };
}
