/**
 * The yardstick of a mass reconnect: the TLS handshakes alone. Takes mutual-TLS connections, says one byte when the
 * client's certificate is verified, and has done.
 *
 *     node bench/yardstick/handshake.ts    options as JSON on standard input; prints the port it listens on
 */
import { text } from "node:stream/consumers";
import { createServer } from "node:tls";
import type { EchoOptions } from "./echo.ts";

const { cert, key, ca } = JSON.parse(await text(process.stdin)) as EchoOptions;
const server = createServer(
  { cert, key, ca, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.2" },
  (socket) => {
    socket.on("error", () => socket.destroy());
    socket.write(".");
  },
);
server.on("tlsClientError", () => {});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
