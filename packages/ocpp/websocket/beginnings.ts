/**
 * The first bytes of a TCP connection, read one decision at a time and never too far: a PROXY header is taken off, the
 * first byte of what follows is looked at and left. Both have a deadline, and neither ever rejects.
 *
 * Always true: afterwards everything that was not the header is in the socket's own buffer, in order, for whoever reads
 * on (TLS and HTTP both begin with what is buffered).
 */
import type { Socket } from "node:net";
import { type ProxyHeader, readProxyHeader } from "./proxy-header.ts";

export type HeaderRead =
  | Exclude<ProxyHeader, { kind: "more" }>
  /** It ended, or its time did; `bytes` had come. */
  | { readonly kind: "unfinished"; readonly late: boolean; readonly bytes: number };

/** Takes a PROXY header off the connection of a listed proxy. */
export function takeProxyHeader(socket: Socket, msMax: number): Promise<HeaderRead> {
  let header = Buffer.alloc(0);
  return watched<HeaderRead>(socket, msMax, {
    ended: (late) => ({ kind: "unfinished", late, bytes: header.length }),
    readable() {
      for (;;) {
        const read = readProxyHeader(header);
        if (read.kind !== "more") return read;
        const chunk =
          socket.readableLength === 0 ? null : socket.read(Math.min(read.bytes, socket.readableLength));
        if (!Buffer.isBuffer(chunk)) return undefined;
        header = Buffer.concat([header, chunk]);
      }
    },
  });
}

export type FirstByte =
  | { readonly kind: "byte"; readonly value: number }
  /** Not a byte: it ended, or its time did. */
  | { readonly kind: "silent"; readonly late: boolean };

/** Waits for the first byte, and leaves it where it was. */
export function firstByte(socket: Socket, msMax: number): Promise<FirstByte> {
  return watched<FirstByte>(socket, msMax, {
    ended: (late) => ({ kind: "silent", late }),
    readable() {
      const byte: unknown = socket.readableLength === 0 ? null : socket.read(1);
      if (!Buffer.isBuffer(byte)) return undefined;
      socket.unshift(byte);
      return { kind: "byte", value: byte[0] ?? 0 };
    },
  });
}

type Watch<T> = {
  /** Bytes are there; undefined asks for more. */
  readable(): T | undefined;
  ended(late: boolean): T;
};

function watched<T>(socket: Socket, msMax: number, watch: Watch<T>): Promise<T> {
  return new Promise((resolve) => {
    const settle = (value: T) => {
      clearTimeout(timer);
      socket.off("readable", readable).off("end", gone).off("close", gone);
      resolve(value);
    };
    const gone = () => settle(watch.ended(false));
    const readable = () => {
      const value = watch.readable();
      if (value !== undefined) settle(value);
    };
    const timer = setTimeout(() => settle(watch.ended(true)), msMax);
    socket.on("end", gone).on("close", gone).on("readable", readable);
  });
}
