/**
 * One live connection that carries bytes, and the way to get one. Ports: sockets are in `@wattward/modbus/tcp`, a simulated
 * network in `@wattward/modbus/testing`.
 *
 * A link tells `closed` exactly once, last, whatever ended it; nothing it is told to send can throw.
 */
import type { Result } from "@wattward/kernel";

/** Who is at the other end, as far as the transport proved it. */
export type LinkPeer = {
  /** IP address or socket path as text, for rules and logs; an identity only where nobody else can use it. */
  readonly address: string;
  readonly port?: number;
  /** Of a TLS peer: its certificate in DER, possession of the key proven. */
  readonly certificate?: Uint8Array;
  /** When that certificate is over, wall clock. */
  readonly untilMs?: number;
  /** Its role by that certificate (Modbus/TCP Security §8.3); absent where it names none. */
  readonly role?: string;
  /** Of a unix socket: the user that its process ran as when it connected, by the operating system. */
  readonly uid?: number;
};

export interface ByteLink {
  readonly peer: LinkPeer;
  /** Queues bytes; silently dropped once the link is closing or closed. */
  send(bytes: Uint8Array): void;
  /** Bytes accepted by `send` that the peer has not taken yet. */
  readonly bufferedBytes: number;
  /** Stops reading, so that the peer is slowed down by the transport itself; what was read already may still come. */
  pause(): void;
  resume(): void;
  /** Closes once what was sent is gone. */
  end(): void;
  /** Ends it now, unsent bytes and all. */
  destroy(): void;
  /** Sets who listens; to be called once, synchronously after the link was received. */
  listen(handlers: LinkHandlers): void;
}

export type LinkHandlers = {
  /** A segment, split and merged as TCP likes; valid during the call only. */
  bytes(segment: Uint8Array): void;
  closed(): void;
};

export type LinkFault = {
  /** `unreachable`: no connection. `untrusted`: TLS refused, by either side. */
  readonly kind: "unreachable" | "untrusted";
  readonly sentence: string;
};

/** Opens a link to a fixed peer; has a deadline of its own, and never rejects. */
export type Dial = () => Promise<Result<ByteLink, LinkFault>>;
