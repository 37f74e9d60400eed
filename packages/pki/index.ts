/** The operator's certificates: who issues which, and whether a peer's is good. Decisions only; files: `@wattward/pki/files`. */
export {
  type Authorities,
  openAuthorities,
  openOrCreateAuthorities,
} from "./authorities.ts";
export { type AuthoritySettings, DEFAULT_DOMAIN, DEFAULT_OPERATOR } from "./authority-settings.ts";
export {
  type BundleRefusal,
  type BundleVerdict,
  type SignedText,
  signBundle,
  verifyBundle,
} from "./bundle-signature.ts";
export { type Certificate, keyUsageBits, readCertificate, tryReadCertificate } from "./certificate.ts";
export {
  checkPeer,
  type Denial,
  type DenySet,
  denySet,
  type PeerFacts,
  type PeerQuestion,
  type PeerRefusal,
  type PeerVerdict,
} from "./check-peer.ts";
export { PkiError, type PkiErrorCode } from "./errors.ts";
export {
  type Issued,
  type IssueFault,
  type IssuePorts,
  issueServer,
  issueSite,
  issueStation,
} from "./issue.ts";
export type { Authority, AuthorityPorts } from "./kept-authority.ts";
export type { KeyKind, KeyStore, SigningKey, StoredKey, TlsIdentity, TlsKey } from "./key-store.ts";
export { readPem, writePem } from "./pem.ts";
export { type PeerRole, profiles, usages, validityDays } from "./profiles.ts";
export {
  type CertificateRequest,
  type RequestFault,
  type RequestProfile,
  readRequest,
  type SignedRequest,
  signCsr,
  splitRequests,
} from "./request.ts";
export { type RsaAuthorities, withRsaAuthorities } from "./rsa-authorities.ts";
export { openOrIssueServer, type ServerIdentity } from "./server-identity.ts";
