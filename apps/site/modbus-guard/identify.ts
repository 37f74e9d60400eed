/**
 * Which client of the policy is at the other end of a connection. Each way in takes one kind of proof and no other: an
 * address counts on the plain port alone, a certificate on the TLS port, a user on the unix socket.
 */
import type { Client } from "@wattward/guard";
import { plainAddress } from "@wattward/kernel";
import type { LinkPeer } from "@wattward/modbus";
import { tryReadCertificate } from "@wattward/pki";

/** Named as the proof that it takes. */
export type Way = Client["by"]["kind"];
export const ways: readonly Way[] = ["socket", "certificate", "address"];

/** `sameUid`: whom the policy's `same` means, the user whom the energy controller runs as. */
export function identify(
  clients: readonly Client[],
  way: Way,
  peer: LinkPeer,
  sameUid: number | undefined,
): Client | undefined {
  const matching = clients.filter(({ by }) => by.kind === way && proves(by, peer, sameUid));
  // A proof names one client alone: a policy that says otherwise is refused when it is read.
  return matching.length === 1 ? matching[0] : undefined;
}

function proves(by: Client["by"], peer: LinkPeer, sameUid: number | undefined): boolean {
  switch (by.kind) {
    case "socket": {
      const uid = by.uid === "same" ? sameUid : by.uid;
      return uid !== undefined && peer.uid === uid;
    }
    case "address":
      return plainAddress(peer.address) === plainAddress(by.address);
    case "certificate":
      if (peer.certificate === undefined || (by.role !== undefined && by.role !== peer.role)) return false;
      return tryReadCertificate(peer.certificate)?.spkiSha256 === by.spkiSha256.toLowerCase();
  }
}
