/**
 * The central system without its process: everything that is told apart by ports alone, so that it runs unchanged on
 * simulated time and network. `main.ts` gives it the real world; the HTTP API stands beside it on the same core.
 */
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import type { GatewayNode, GatewayPorts } from "./gateway/ports.ts";

export type CsmsPorts = Omit<GatewayPorts, "node"> & {
  /** Where several processes serve one database: this one's place among them; it has joined. */
  readonly node?: GatewayNode & { leave(): Promise<void> };
};

export type Csms = {
  readonly gateway: Gateway;
  /** Stops listening, ends what is open, and lets the core finish what it was told. */
  close(): Promise<void>;
};

/** Resolves when stations and sites can connect. The core is the caller's: it is closed here, last. */
export async function createCsms(ports: CsmsPorts): Promise<Csms> {
  // Nobody is connected yet, whatever the store remembers of an earlier process. A node has said so by joining.
  if (ports.node === undefined) {
    await ports.core.decide("service.start", { atMs: ports.clock.now().wallMs });
  }
  const gateway = await createGateway(ports);
  ports.log.info("listening", { port: gateway.port });
  return {
    gateway,
    async close() {
      await gateway.close();
      await ports.node?.leave();
      await ports.core.close();
    },
  };
}
