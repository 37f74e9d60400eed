/** A station's wire with every frame on it shown to the message log, in both directions, as it passes. */
import type { Wire } from "@wattward/kernel";
import type { Fate, Seen } from "./message-log.ts";

/** Frames of a station whose fate may still be told: it has no more under way at a time. */
const RECENT_MAX = 32;

export type LoggedWire = {
  readonly wire: Wire;
  /** What became of a frame that was received just now, by its text. */
  become(text: string, fate: Fate): void;
};

export function loggedWire(wire: Wire, seen: (sender: "station" | "csms", text: string) => Seen): LoggedWire {
  const recent: { text: string; seen: Seen }[] = [];
  return {
    become(text, fate) {
      const at = recent.findIndex((one) => one.text === text);
      if (at < 0) return;
      recent[at]?.seen.become(fate);
      recent.splice(at, 1);
    },
    wire: {
      peer: wire.peer,
      protocol: wire.protocol,
      get bufferedBytes() {
        return wire.bufferedBytes;
      },
      get receivedBytes() {
        return wire.receivedBytes;
      },
      send(text) {
        seen("csms", text);
        wire.send(text);
      },
      pause: () => wire.pause(),
      resume: () => wire.resume(),
      ping: () => wire.ping(),
      close: (code, reason) => wire.close(code, reason),
      terminate: () => wire.terminate(),
      listen: (handlers) =>
        wire.listen({
          ...handlers,
          message(text) {
            recent.push({ text, seen: seen("station", text) });
            if (recent.length > RECENT_MAX) recent.shift();
            handlers.message(text);
          },
        }),
    },
  };
}
