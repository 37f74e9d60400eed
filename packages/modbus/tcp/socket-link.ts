/** A {@link ByteLink} on a socket of Node's; whatever goes wrong with the socket, the link is closed, and no more. */
import type { Socket } from "node:net";
import type { ByteLink, LinkHandlers, LinkPeer } from "../link.ts";
import { KEEP_ALIVE_MS } from "./limits.ts";

export function socketLink(socket: Socket, peer: LinkPeer): ByteLink {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  // Without a listener an error would be thrown; every one of them is followed by `close`, which is told.
  socket.on("error", () => {});
  return {
    peer,
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    get bufferedBytes() {
      return socket.writableLength;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.destroySoon(),
    destroy: () => void socket.destroy(),
    listen({ bytes, closed }: LinkHandlers) {
      if (socket.closed) {
        queueMicrotask(closed);
        return;
      }
      socket.on("data", bytes);
      // A peer that has nothing more to ask will not read answers either: half-open links are not kept.
      socket.on("end", () => socket.destroySoon());
      socket.on("close", closed);
    },
  };
}
