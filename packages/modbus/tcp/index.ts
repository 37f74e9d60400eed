/** Modbus on sockets: TCP (port 502), TLS (Modbus/TCP Security, port 802), unix sockets. */
export { type DialOptions, dialer } from "./dial.ts";
export * from "./limits.ts";
export { type ListenOptions, listen, type ModbusListener } from "./listen.ts";
export { type RoleRead, roleOf } from "./role.ts";
export { socketLink } from "./socket-link.ts";
export type { TlsIdentity } from "./tls.ts";
