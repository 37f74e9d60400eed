/**
 * Lines over a byte link: UTF-8, each ended by "\n", at most LINE_BYTES_MAX with it. Both sides of `state/energy.sock` use it, and the
 * simulated network as well.
 *
 * A line that is too long, or is no UTF-8, ends the link: after garbage nothing is looked for again. A peer that does not read is not
 * written to without end: beyond UNSENT_BYTES_MAX the link ends.
 */
import type { ByteLink } from "@wattward/modbus";
import { LINE_BYTES_MAX } from "./messages.ts";

export const UNSENT_BYTES_MAX = 2 * LINE_BYTES_MAX;
const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);

export interface LineLink {
  /** `text` holds no line break: JSON has none. Silently dropped once the link is closing or closed. */
  send(text: string): void;
  /** Bytes accepted by `send` that the peer has not taken yet. */
  readonly bufferedBytes: number;
  /** Ends it now. */
  destroy(): void;
  /** Sets who listens; to be called once, synchronously after the link was received. */
  listen(handlers: LineHandlers): void;
}

export type LineHandlers = {
  line(text: string): void;
  /** Told once, last, whatever ended it. */
  closed(): void;
};

export function lineLink(bytes: ByteLink): LineLink {
  const encoder = new TextEncoder();
  return {
    send(text) {
      bytes.send(encoder.encode(`${text}\n`));
      if (bytes.bufferedBytes > UNSENT_BYTES_MAX) bytes.destroy();
    },
    get bufferedBytes() {
      return bytes.bufferedBytes;
    },
    destroy: () => bytes.destroy(),
    listen(handlers) {
      const lines = new LineCutter(handlers.line, () => bytes.destroy());
      bytes.listen({ bytes: (segment) => lines.push(segment), closed: handlers.closed });
    },
  };
}

/** What has come of a line waits in one piece until its end comes; nothing is cut after the first fault. */
class LineCutter {
  private readonly tell: (text: string) => void;
  private readonly fail: () => void;
  private readonly decoder = new TextDecoder("utf-8", { fatal: true });
  private pending = NOTHING;
  private pendingBytes = 0;
  private failed = false;

  constructor(tell: (text: string) => void, fail: () => void) {
    this.tell = tell;
    this.fail = fail;
  }

  push(segment: Uint8Array): void {
    let from = 0;
    while (!this.failed) {
      const end = segment.indexOf(NEWLINE, from);
      this.keep(segment.subarray(from, end < 0 ? segment.length : end));
      if (end < 0 || this.failed) return;
      this.finish();
      from = end + 1;
    }
  }

  private keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.pendingBytes += piece.length;
    if (this.pendingBytes >= LINE_BYTES_MAX) {
      this.end();
      return;
    }
    const length = this.pendingBytes;
    if (length > this.pending.length) {
      const longer = new Uint8Array(2 * length);
      longer.set(this.pending);
      this.pending = longer;
    }
    // A segment is valid during the call only.
    this.pending.set(piece, length - piece.length);
  }

  private finish(): void {
    const whole = this.pending.subarray(0, this.pendingBytes);
    this.pending = NOTHING;
    this.pendingBytes = 0;
    let text: string;
    try {
      text = this.decoder.decode(whole);
    } catch {
      this.end();
      return;
    }
    this.tell(text);
  }

  private end(): void {
    this.failed = true;
    this.pending = NOTHING;
    this.fail();
  }
}
