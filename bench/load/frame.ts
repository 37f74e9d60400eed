/**
 * The least of WebSocket that a station needs under load: masked text frames out, lengths of unmasked frames in. The
 * load must cost less than what it measures, so nothing here copies, parses or allocates more than it must.
 */

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A masked text frame (RFC 6455 §5.2). The key is zero, which every server must take, and which masks nothing. */
export function clientFrame(text: string, opcode = TEXT): Buffer {
  const bytes = Buffer.byteLength(text);
  const headBytes = bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14;
  const frame = Buffer.alloc(headBytes + bytes);
  frame[0] = 0x80 | opcode;
  if (headBytes === 6) frame[1] = 0x80 | bytes;
  else if (headBytes === 8) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, headBytes);
  return frame;
}

export const pong: Buffer = clientFrame("", PONG);

export type Heard = {
  /** A whole text message; its bytes are valid until the next. */
  message(payload: Buffer): void;
  ping(): void;
};

/** Splits what a server sends into frames; the servers here send no fragments. */
export class ServerFrames {
  private rest: Buffer = Buffer.alloc(0);
  private readonly heard: Heard;

  constructor(heard: Heard) {
    this.heard = heard;
  }

  take(chunk: Buffer): void {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (data.length - at >= 2) {
      const short = data[at + 1]! & 0x7f;
      const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length - at < headBytes) break;
      const bytes =
        short < 126
          ? short
          : short === 126
            ? data.readUInt16BE(at + 2)
            : Number(data.readBigUInt64BE(at + 2));
      const endAt = at + headBytes + bytes;
      if (data.length < endAt) break;
      const opcode = data[at]! & 0x0f;
      if (opcode === TEXT) this.heard.message(data.subarray(at + headBytes, endAt));
      else if (opcode === PING) this.heard.ping();
      else if (opcode === CLOSE) return;
      at = endAt;
    }
    this.rest = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
  }
}
