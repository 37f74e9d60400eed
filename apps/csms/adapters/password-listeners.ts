/**
 * The gateway's listeners of security profiles 2 and 1 on real sockets: TLS without a client's certificate, and plain TCP
 * on a private address alone. Each on a port of its own (ADR 6): a shared one is one forgotten check away from none.
 */
import type { Log, WireServer } from "@wattward/kernel";
import { notPrivate, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { listenWires } from "@wattward/ocpp/websocket";
import type { ServerIdentity } from "@wattward/pki";
import type { ListenerDoors } from "../gateway/ports.ts";
import { toldBeforeUpgrade } from "./gateway-listener.ts";

export type PasswordListenersAt = {
  readonly host: string;
  /** Of the listener without encryption, where it is not `host`. */
  readonly profile1Host: string | undefined;
  readonly ports: { readonly [P in PasswordProfile]: number };
  readonly proxies?: readonly string[];
};

/** What else they need; not the operator's to say. */
export type PasswordListenersWith = { readonly identity: ServerIdentity; readonly log: Log };

type Doors = Omit<ListenerDoors, "verifyPeer">;

/** Rejects with Node's error where the address cannot be bound, and with a sentence where it may not. */
export async function listenForPasswords(
  at: PasswordListenersAt,
  { identity, log }: PasswordListenersWith,
  which: { readonly securityProfile: PasswordProfile; readonly port: number | undefined },
  doors: Doors,
): Promise<WireServer> {
  const { securityProfile } = which;
  const host = securityProfile === 1 ? (at.profile1Host ?? at.host) : at.host;
  const refused = securityProfile === 1 ? notPrivate(host, "--profile1-host") : undefined;
  if (refused !== undefined) throw new Error(refused);
  const clients = { kind: "none" } as const;
  return listenWires({
    ...{ host, log, proxies: at.proxies ?? [] },
    port: which.port ?? at.ports[securityProfile],
    tls: securityProfile === 1 ? undefined : { identities: [identity.ec, identity.rsa], clients },
    gate: { admits: doors.admits },
    upgrade: doors.upgrade,
    refused: toldBeforeUpgrade(doors.refused),
  });
}
