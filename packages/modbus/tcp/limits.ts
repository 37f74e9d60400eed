/** Bounds of Modbus on sockets. */

export type TcpLimits = {
  /** Open at once, handshakes among them; beyond it a connection is closed unread. */
  readonly connectionsMax: number;
  /** Of a TLS port: handshakes of one source (an IPv4 address, an IPv6 network of 64 bits) at once; of more the oldest is ended. */
  readonly handshakesEachMax: number;
  /** How long a peer that dials may take to prove who it is. */
  readonly provenMsMax: number;
  /** When dialling, TLS included. */
  readonly handshakeMsMax: number;
  readonly connectMsMax: number;
};
export const tcpLimits: TcpLimits = {
  ...{ connectionsMax: 64, handshakesEachMax: 8, provenMsMax: 5_000 },
  ...{ handshakeMsMax: 10_000, connectMsMax: 3_000 },
};

/** A dead peer is found by the operating system too, where nobody asks anything for long. */
export const KEEP_ALIVE_MS = 15_000;
