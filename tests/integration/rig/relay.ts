/**
 * A TCP relay whose two directions can be held apart: bytes wait in the sockets, no FIN, no RST, as in a network that
 * has stopped carrying them one way. For the cut that must fall between a commit and its answer; where both directions
 * stop, SIGSTOP on the demo's uplink is the more real one.
 */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after } from "node:test";

/** `up`: from whoever connects to the target. */
export type Direction = "up" | "down";

export class Relay {
  readonly port: number;
  private readonly held = new Set<Direction>();
  private readonly sources: Record<Direction, Set<Socket>> = { up: new Set(), down: new Set() };

  private constructor(server: Server, port: number, targetPort: number) {
    this.port = port;
    const all = new Set<Socket>();
    server.on("connection", (near) => {
      const far = connect(targetPort, "127.0.0.1");
      for (const socket of [near, far]) {
        all.add(socket);
        socket.on("close", () => all.delete(socket));
      }
      this.carry("up", near, far);
      this.carry("down", far, near);
    });
    after(() => {
      server.close();
      for (const socket of all) socket.destroy();
    });
  }

  /** Ends with the file's tests. */
  static async to(targetPort: number): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the relay has no TCP port");
    return new Relay(server, address.port, targetPort);
  }

  hold(...directions: Direction[]): void {
    for (const direction of directions) {
      this.held.add(direction);
      for (const source of this.sources[direction]) source.pause();
    }
  }

  /** What was held goes on, in order. */
  release(): void {
    this.held.clear();
    for (const direction of ["up", "down"] as const)
      for (const source of this.sources[direction]) source.resume();
  }

  private carry(direction: Direction, from: Socket, to: Socket): void {
    this.sources[direction].add(from);
    from.on("data", (bytes) => {
      if (to.writable && !to.write(bytes)) {
        from.pause();
        to.once("drain", () => !this.held.has(direction) && from.resume());
      }
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.sources[direction].delete(from);
      to.destroy();
    });
    if (this.held.has(direction)) from.pause();
  }
}
