/**
 * Name constraints (RFC 5280 §4.2.1.10) of the site CA: the library has no encoder.
 *
 * ```
 * NameConstraints ::= SEQUENCE { [0] permitted GeneralSubtrees, [1] excluded GeneralSubtrees }
 * ```
 *
 * Permitted: subjects that begin with the operator's O. Excluded: every IP address and every DNS name.
 *
 * The site CA alone has them. Stations load the chains of the other two, and a small TLS stack (Mbed TLS among them)
 * knows no name constraints, which are critical, and so cannot even parse a CA that has some.
 */
import { encode, tags } from "./der.ts";
import { Name } from "./x509-library.ts";

export function siteNameConstraints(o: string): Uint8Array {
  const operator = new Uint8Array(new Name([{ O: [{ utf8String: o }] }]).toArrayBuffer());
  const excluded = [
    generalName.ipAddress(new Uint8Array(8)),
    generalName.ipAddress(new Uint8Array(32)),
    generalName.dnsName(new Uint8Array(0)),
  ];
  const subtree = (name: Uint8Array) => encode(tags.sequence, name);
  return encode(
    tags.sequence,
    encode(0xa0, subtree(generalName.directoryName(operator))),
    encode(0xa1, ...excluded.map(subtree)),
  );
}

/** GeneralName's context tags (RFC 5280 §4.2.1.6). An address here is address and mask: all zero is every address. */
const generalName = {
  dnsName: (content: Uint8Array) => encode(0x82, content),
  directoryName: (name: Uint8Array) => encode(0xa4, name),
  ipAddress: (content: Uint8Array) => encode(0x87, content),
};
