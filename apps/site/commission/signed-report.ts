/**
 * A commissioning report under the site's signature: ECDSA or RSA by the key of the site's link certificate, SHA-256 over the exact UTF-8
 * text of `body`, base64. Whoever has the operator's root can tell that this site said this, and that nobody changed it.
 */
import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from "node:crypto";
import { failed, type Instant, ok, type Result } from "@wattward/kernel";
import { checkPeer, readPem } from "@wattward/pki";
import type { CommissionReport } from "./report.ts";

export type SignedReport = { readonly body: string; readonly signature: string; readonly signer: string };

export type Signer = (report: CommissionReport) => SignedReport;
type Key = { readonly cert: string; readonly key: string; readonly passphrase?: string };
type For = { readonly site: string; readonly rootPem: string; readonly now: Instant };

/** Signs as this site; fails, with a sentence, where what it would sign does not verify by the root. */
export function signerOf(
  { cert, key, passphrase }: Key,
  { site, rootPem, now }: For,
): Result<Signer, string> {
  let secret: KeyObject;
  try {
    secret = createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    return failed("its key is not opened by its passphrase, or is damaged");
  }
  if (tryCertificate(cert)?.checkPrivateKey(secret) === false)
    return failed("its key is not that of its certificate");
  const signer: Signer = (report) => {
    const body = JSON.stringify(report);
    const signature = sign("sha256", Buffer.from(body, "utf8"), secret).toString("base64");
    return { body, signature, signer: cert };
  };
  const verdict = verifyReport(JSON.stringify(signer({ ...blank, site })), rootPem, now);
  return verdict.kind === "valid" ? ok(signer) : failed(verdict.sentence);
}

/** Undefined where it is none: that is told by whoever verifies. */
function tryCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const blank: Omit<CommissionReport, "site"> = {
  ...{ schema: 1, atWallMs: 0, software: "", documentSha256: "" },
  ...{ devices: [], phases: [], passed: false },
};

export type ReportVerdict =
  | {
      readonly kind: "valid";
      readonly report: CommissionReport;
      /** The signer's certificate has ended since. That it was signed before is then the site's own word. */
      readonly signerEndedMs?: number;
    }
  | { readonly kind: "refused"; readonly sentence: string };

/** By the operator's root: is it whole, and of a site's key? */
export function verifyReport(text: string, rootPem: string, now: Instant): ReportVerdict {
  const signed = signedOf(text);
  if (signed === undefined)
    return refused("this is no signed report: body, signature and signer are expected");
  const { body, signature, signer } = signed;
  const chainDer = readPem(signer, "CERTIFICATE");
  const [leaf] = chainDer;
  if (leaf === undefined) return refused("its signer is no certificate");
  const peerAt = (at: Instant) => checkPeer({ chainDer, anchors: [rootPem], now: at, role: "site" });
  const verdict = peerAt(now);
  if (verdict.kind === "refused" && verdict.reason !== "expired")
    return refused(`its signer: ${verdict.sentence}`);
  // Whoever has expired is known.
  const facts = verdict.facts!;
  const { publicKey } = new X509Certificate(leaf);
  if (!verify("sha256", Buffer.from(body, "utf8"), publicKey, Buffer.from(signature, "base64")))
    return refused("its text is not what the site signed");
  // Signed by a site of ours: what it says of itself is of the form that we write.
  const report = JSON.parse(body) as CommissionReport;
  if (report.site !== facts.cn)
    return refused(`site ${facts.cn} signed what was said in the name of ${report.site}`);
  if (verdict.kind === "trusted") return { kind: "valid", report };
  const then = peerAt({ ...now, wallMs: Number(report.atWallMs), quality: "synced" });
  return then.kind === "trusted" && Number.isFinite(report.atWallMs)
    ? { kind: "valid", report, signerEndedMs: facts.notAfterMs }
    : refused(`its signer: ${verdict.sentence}`);
}

const refused = (sentence: string): ReportVerdict => ({ kind: "refused", sentence });

function signedOf(text: string): SignedReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [body, signature, signer] = [fields.get("body"), fields.get("signature"), fields.get("signer")];
  return typeof body === "string" && typeof signature === "string" && typeof signer === "string"
    ? { body, signature, signer }
    : undefined;
}
