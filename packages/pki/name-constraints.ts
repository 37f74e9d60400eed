/**
 * Name constraints (RFC 5280 §4.2.1.10) of the CAs that issue client certificates: the library has no encoder.
 *
 * ```
 * NameConstraints ::= SEQUENCE { [0] permitted GeneralSubtrees, [1] excluded GeneralSubtrees }
 * ```
 *
 * Permitted: subjects that begin with the operator's O. Excluded: every IP address, and, for sites, every DNS name. Not
 * for stations: OpenSSL tests a CN with a dot against the DNS constraint, and serial numbers may have dots. The server
 * CA has none: small TLS stacks in stations know no name constraints and must then refuse a critical one.
 */

import { encode, tags } from "./der.ts";
import { Name } from "./x509-library.ts";

export function clientNameConstraints(o: string, role: "station" | "site"): Uint8Array {
  const permitted = generalName.directoryName(
    new Uint8Array(new Name([{ O: [{ utf8String: o }] }]).toArrayBuffer()),
  );
  const everyAddress = [generalName.ipAddress(new Uint8Array(8)), generalName.ipAddress(new Uint8Array(32))];
  const everyName = generalName.dnsName(new Uint8Array(0));
  const excluded = role === "site" ? [...everyAddress, everyName] : everyAddress;
  const subtree = (name: Uint8Array) => encode(tags.sequence, name);
  return encode(tags.sequence, encode(0xa0, subtree(permitted)), encode(0xa1, ...excluded.map(subtree)));
}

/** GeneralName's context tags (RFC 5280 §4.2.1.6). An address here is address and mask: all zero is every address. */
const generalName = {
  dnsName: (content: Uint8Array) => encode(0x82, content),
  directoryName: (name: Uint8Array) => encode(0xa4, name),
  ipAddress: (content: Uint8Array) => encode(0x87, content),
};
