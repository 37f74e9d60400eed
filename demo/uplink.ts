/**
 * The demo's uplink: a bare TCP relay in a process of its own, between the site and the CSMS. Stopping that process
 * (SIGSTOP) stops the packets as a dead modem does: no FIN, no RST, connections hang; SIGCONT heals it.
 *
 *     node uplink.ts TARGET_PORT…      prints the port it listens on for each, a line each, then relays until it is killed
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

const targetPorts = process.argv.slice(2).map(Number);

/** Passes everything on, and the end of either side to the other. */
function join(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

for (const targetPort of targetPorts) {
  const server = createServer((near) => join(near, connect(targetPort, "127.0.0.1")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no TCP port");
  process.stdout.write(`${address.port}\n`);
}
// The parent holds the other end of our standard input: its death ends the relay too.
process.stdin.on("end", () => process.exit(0)).resume();
