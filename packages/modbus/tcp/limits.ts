/** Bounds of Modbus on sockets. */

export type TcpLimits = {
  /** Open at once, handshakes among them; beyond it a connection is closed unread. */
  readonly connectionsMax: number;
  readonly handshakeMsMax: number;
  readonly connectMsMax: number;
};
export const tcpLimits: TcpLimits = { connectionsMax: 64, handshakeMsMax: 10_000, connectMsMax: 3_000 };

/** A dead peer is found by the operating system too, where nobody asks anything for long. */
export const KEEP_ALIVE_MS = 15_000;
