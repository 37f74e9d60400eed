/**
 * The role in a certificate: Modbus/TCP Security V36 §8.3 gives a client its role by a certificate extension.
 *
 *     Extension ::= SEQUENCE { extnID 1.3.6.1.4.1.50316.802.1, critical BOOLEAN OPTIONAL, extnValue OCTET STRING }
 *     extnValue holds a UTF8String
 *
 * Node does not show extensions it does not know, so the DER is walked here: as little of it as leads to the extensions,
 * strictly, each length within its parent. The certificate itself was verified by TLS before.
 */

/** Object identifier 1.3.6.1.4.1.50316.802.1 in DER. */
const ROLE_OID = Uint8Array.of(0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0x89, 0x0c, 0x86, 0x22, 0x01);
const ROLE_CHARS_MAX = 64;
const [BOOLEAN, OCTET_STRING, OBJECT_IDENTIFIER, UTF8_STRING, SEQUENCE] = [0x01, 0x04, 0x06, 0x0c, 0x30];
/** `[3] EXPLICIT Extensions` of a TBSCertificate (RFC 5280 §4.1). */
const EXTENSIONS = 0xa3;

export type RoleRead =
  | { readonly kind: "role"; readonly role: string }
  /** None is named: the specification hands an absent role to whoever authorises. */
  | { readonly kind: "none" }
  /** Named twice, or not as text: whoever reads it one way or the other could be wrong. */
  | { readonly kind: "malformed" };

export function roleOf(certificate: Uint8Array): RoleRead {
  const extensions = extensionsOf(certificate);
  if (extensions === undefined) return { kind: "malformed" };
  const roles: (string | undefined)[] = [];
  for (const extension of extensions) {
    const parts = extension.tag === SEQUENCE ? childrenOf(extension.value) : undefined;
    if (parts?.[0]?.tag !== OBJECT_IDENTIFIER) return { kind: "malformed" };
    if (!sameBytes(parts[0].value, ROLE_OID)) continue;
    const value = parts[1]?.tag === BOOLEAN ? parts[2] : parts[1];
    roles.push(value?.tag === OCTET_STRING ? textOf(value.value) : undefined);
  }
  if (roles.length === 0) return { kind: "none" };
  const [role] = roles;
  return roles.length === 1 && role !== undefined ? { kind: "role", role } : { kind: "malformed" };
}

/** The extensions of a certificate, none if it has none; undefined where it is no certificate. */
function extensionsOf(certificate: Uint8Array): readonly Element[] | undefined {
  const [outer] = childrenOf(certificate) ?? [];
  const [tbs] = outer?.tag === SEQUENCE ? (childrenOf(outer.value) ?? []) : [];
  const fields = tbs?.tag === SEQUENCE ? childrenOf(tbs.value) : undefined;
  if (fields === undefined) return undefined;
  const wrapped = fields.find(({ tag }) => tag === EXTENSIONS);
  if (wrapped === undefined) return [];
  const [list, ...others] = childrenOf(wrapped.value) ?? [];
  return list?.tag === SEQUENCE && others.length === 0 ? childrenOf(list.value) : undefined;
}

/** A role is one UTF8String of printable characters, so that it can stand in a policy and in a log. */
function textOf(der: Uint8Array): string | undefined {
  const [text, ...others] = childrenOf(der) ?? [];
  if (text?.tag !== UTF8_STRING || others.length > 0) return undefined;
  try {
    const role = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text.value);
    return role.length <= ROLE_CHARS_MAX && /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(role) ? role : undefined;
  } catch {
    return undefined;
  }
}

type Element = { readonly tag: number; readonly value: Uint8Array };

/** Every element of `der`, to its last byte; undefined where one does not fit. */
function childrenOf(der: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < der.length; ) {
    const [tag = 0, first] = der.subarray(at, at + 2);
    if (first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    // Certificates are shorter than 16 MB; an indefinite length (80) is not DER.
    if (first >= 0x80 && (lengthBytes === 0 || lengthBytes > 3)) return undefined;
    let length = first < 0x80 ? first : 0;
    for (const byte of der.subarray(at + 2, at + 2 + lengthBytes)) length = length * 256 + byte;
    const start = at + 2 + lengthBytes;
    if (start + length > der.length) return undefined;
    elements.push({ tag, value: der.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
