/**
 * Signs and verifies the text of a site's bundle (ADR 12): ECDSA P-256 with SHA-256 over the UTF-8 bytes of `body`, IEEE
 * P1363, base64. The signer's certificate comes from the root itself, with CN "bundle" and the one use documentSigning,
 * so that no issuing CA can make itself a signer, and no TLS certificate can sign.
 */
import { verify } from "node:crypto";
import type { Instant } from "@wattward/kernel";
import {
  type Certificate,
  keyUsageBits,
  publicKeyOf,
  readCertificate,
  same,
  signedBy,
  tryReadCertificate,
} from "./certificate.ts";
import type { Authority } from "./kept-authority.ts";
import { readPem } from "./pem.ts";
import { BUNDLE_CN, usages } from "./profiles.ts";

/** The shape of `SignedBundle` on the site link. `signer` is the PEM of its certificate. */
export type SignedText = { readonly body: string; readonly signature: string; readonly signer: string };

export type BundleVerdict =
  /** `unchecked`: no trusted clock, so the signer's dates decided nothing (ADR 20). */
  | { readonly kind: "valid"; readonly dated: "checked" | "unchecked" }
  | { readonly kind: "refused"; readonly reason: BundleRefusal; readonly sentence: string };

export type BundleRefusal = "malformed" | "wrong-signer" | "wrong-signature" | "not-yet-valid" | "expired";

/** P1363 of P-256: r and s, 32 bytes each. */
const SIGNATURE_BYTES = 64;

export async function signBundle(body: string, signer: Pick<Authority, "key" | "pem">): Promise<SignedText> {
  const signature = await signer.key.sign(Buffer.from(body, "utf8"));
  return { body, signature: Buffer.from(signature).toString("base64"), signer: signer.pem };
}

/** `rootPem` is the site's own copy of the operator's root; nothing in the bundle is trusted before this says `valid`. */
export function verifyBundle(
  { body, signature, signer }: SignedText,
  rootPem: string,
  now: Instant,
): BundleVerdict {
  const [rootDer] = readPem(rootPem, "CERTIFICATE");
  if (rootDer === undefined) throw new TypeError("the operator's root is not a PEM certificate");
  const root = readCertificate(rootDer);
  const certificate = readSigner(signer);
  if (certificate === undefined) return refused("malformed", "the signer is not one PEM certificate");
  const fault = signerFault(certificate, root);
  if (fault !== undefined) return refused("wrong-signer", fault);
  const bytes = Buffer.from(signature, "base64");
  // Base64 has many spellings of the same bytes; one is enough.
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString("base64") !== signature) {
    return refused("malformed", `the signature is not ${SIGNATURE_BYTES} bytes in base64`);
  }
  const key = publicKeyOf(certificate);
  if (!verify("sha256", Buffer.from(body, "utf8"), { key, dsaEncoding: "ieee-p1363" }, bytes)) {
    return refused("wrong-signature", "the text is not what the signer signed");
  }
  if (now.quality === "unknown") return { kind: "valid", dated: "unchecked" };
  return dateFault([certificate, root], now.wallMs) ?? { kind: "valid", dated: "checked" };
}

const refused = (reason: BundleRefusal, sentence: string): BundleVerdict => ({
  kind: "refused",
  reason,
  sentence,
});

function readSigner(pem: string): Certificate | undefined {
  const [der, ...more] = readPem(pem, "CERTIFICATE");
  return der === undefined || more.length > 0 ? undefined : tryReadCertificate(der);
}

function signerFault(signer: Certificate, root: Certificate): string | undefined {
  const { keyUsage = 0, extendedKeyUsage } = signer.extensions;
  if (!same(signer.issuer.der, root.subject.der) || !signedBy(signer, publicKeyOf(root))) {
    return `'${signer.subject.text}' was not certified by the operator's root`;
  }
  if (signer.subject.cn !== BUNDLE_CN) return `'${signer.subject.text}' is not the signer of bundles`;
  if ((keyUsage & keyUsageBits.digitalSignature) === 0) return "the signer's key may not sign documents";
  if (extendedKeyUsage?.includes(usages.documentSigning) !== true)
    return "the signer's key is for another use";
  if (publicKeyOf(signer).asymmetricKeyType !== "ec") return "the signer's key is not ECDSA";
  return undefined;
}

function dateFault(path: readonly Certificate[], atMs: number): BundleVerdict | undefined {
  for (const { subject, notBeforeMs, notAfterMs } of path) {
    if (atMs < notBeforeMs)
      return refused(
        "not-yet-valid",
        `'${subject.text}' is not valid before ${new Date(notBeforeMs).toISOString()}`,
      );
    if (atMs > notAfterMs)
      return refused("expired", `'${subject.text}' expired at ${new Date(notAfterMs).toISOString()}`);
  }
  return undefined;
}
