/**
 * The gateway's listener on real sockets: security profile 3, mutual TLS 1.2 or 1.3, one certificate for ECDSA suites
 * and one for RSA (A00.FR.421). OpenSSL refuses first, then our own verdict on the chain, before any HTTP is read.
 */
import type { Log, WireServer } from "@wattward/kernel";
import { type ListenOptions, listenWires } from "@wattward/ocpp/websocket";
import type { Authorities, ServerIdentity } from "@wattward/pki";
import { SITE_MESSAGE_BYTES_MAX } from "@wattward/sitelink";
import type { ListenerDoors } from "../gateway/ports.ts";

export type ListenerAt = {
  readonly host: string;
  readonly port: number;
  /** Addresses and ranges of proxies that say whose connections they pass on; see `ListenOptions.proxies`. */
  readonly proxies?: readonly string[];
  readonly identity: ServerIdentity;
  readonly authorities: Pick<Authorities, "root" | "station" | "site">;
  readonly log: Log;
};

/** Rejects with Node's error where the address cannot be bound. */
export function listenForGateway(at: ListenerAt, doors: ListenerDoors): Promise<WireServer> {
  const { host, port, proxies = [], identity, authorities, log } = at;
  const { root, station, site } = authorities;
  return listenWires({
    host,
    port,
    proxies,
    tls: {
      identities: [identity.ec, identity.rsa],
      clients: { kind: "required", ca: [root.pem, station.pem, site.pem], judge: "openssl" },
    },
    verifyPeer: doors.verifyPeer,
    upgrade: doors.upgrade,
    gate: { admits: doors.admits },
    refused: toldBeforeUpgrade(doors.refused),
    // A site's messages are the largest; stations' sessions hold their own, smaller limit.
    limits: { frameBytesMax: SITE_MESSAGE_BYTES_MAX },
    log,
  });
}

/** Events of the adapter that end a connection before its request was read. */
const beforeUpgrade = new Set([
  "handshake-failed",
  "peer-refused",
  "proxy-header-refused",
  "upgrade-malformed",
]);

/** What was asked for and refused, the gateway has seen by itself. */
export const toldBeforeUpgrade =
  (refused: ListenerDoors["refused"]): NonNullable<ListenOptions["refused"]> =>
  (what, { address, ...detail }) => {
    if (beforeUpgrade.has(what)) refused({ what, address: String(address ?? ""), detail });
  };
