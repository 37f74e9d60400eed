/**
 * Wires over WebSockets: the production adapter of the kernel's `Wire`, `WireServer` and `Dialer`, on Node's sockets
 * and TLS. OCPP itself is behind `@wattward/ocpp`; nothing here knows a frame.
 */

export { type DialerOptions, dialer, type TlsClientOptions } from "./dialer.ts";
export type { Gate } from "./door.ts";
export {
  type DialLimits,
  dialLimits,
  type ServerLimits,
  serverLimits,
  type WireLimits,
  wireLimits,
} from "./limits.ts";
export { type ListenOptions, listenWires } from "./server.ts";
export type { PeerVerdict, TlsClients, TlsIdentity, TlsServerOptions } from "./tls.ts";
