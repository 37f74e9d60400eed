/** Ports and bounds of Modbus on sockets. */

/** Registered for Modbus/TCP; reaching it as a server takes a privilege. */
export const MODBUS_PORT = 502;
/** Registered for Modbus/TCP Security (mbap/TLS/TCP). */
export const MODBUS_SECURITY_PORT = 802;

export type TcpLimits = {
  /** Open at once, handshakes among them; beyond it a connection is closed unread. */
  readonly connectionsMax: number;
  readonly handshakeMsMax: number;
  readonly connectMsMax: number;
};
export const tcpLimits: TcpLimits = { connectionsMax: 64, handshakeMsMax: 10_000, connectMsMax: 3_000 };

/** A dead peer is found by the operating system too, where nobody asks anything for long. */
export const KEEP_ALIVE_MS = 15_000;
