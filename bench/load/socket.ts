/** A mutual-TLS WebSocket, opened by hand: what every load speaks through. */
import { connect, type SecureContext, type TLSSocket } from "node:tls";

export type Target = {
  readonly port: number;
  readonly servername: string;
  /** `/ocpp/` of a station, `/site/` of a site; the id is added. */
  readonly path: string;
};

export type Opened = {
  readonly socket: TLSSocket;
  /** What came with the answer to the upgrade. */
  readonly first: Buffer;
};

type Who = { readonly id: string; readonly context: SecureContext; readonly protocol: string };

const KEY = "d2F0dHdhcmQtYmVuY2gtMQ==";

/** Resolves when the WebSocket is open; rejects with why it is not. */
export function openSocket(
  { port, servername, path }: Target,
  { id, context, protocol }: Who,
): Promise<Opened> {
  const socket = connect({ port, host: "127.0.0.1", servername, secureContext: context });
  socket.setNoDelay(true);
  return new Promise<Opened>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`${id}: closed before it was open`)));
    socket.once("secureConnect", () => {
      socket.write(
        `GET ${path}${id} HTTP/1.1\r\nHost: ${servername}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
      );
    });
    let head = "";
    const upgraded = (chunk: Buffer) => {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", upgraded);
      if (!head.startsWith("HTTP/1.1 101")) return reject(new Error(`${id}: ${head.split("\r\n")[0]}`));
      socket.removeAllListeners("error").removeAllListeners("close");
      resolve({ socket, first: Buffer.from(head.slice(end + 4), "latin1") });
    };
    socket.on("data", upgraded);
  });
}
