/**
 * The yardstick: the least that a server over mutual TLS can do. `ws` on Node's own TLS, which sends every message
 * back as it came: no OCPP, no store, no limits. The same certificates and cipher suites as the gateway.
 *
 *     node bench/yardstick/echo.ts    options as JSON on standard input; prints the port it listens on
 */
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { WebSocketServer } from "ws";

export type EchoOptions = { readonly cert: string; readonly key: string; readonly ca: string };

const { cert, key, ca } = JSON.parse(await text(process.stdin)) as EchoOptions;
const server = createServer({
  cert,
  key,
  ca,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: "TLSv1.2",
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("message", (data: Buffer) => socket.send(data, { binary: false }));
  socket.on("error", () => socket.terminate());
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
