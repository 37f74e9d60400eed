/**
 * What commissioning found, and the site's signature under it: ECDSA or RSA by the key of the site's link certificate, SHA-256 over the
 * exact UTF-8 text of `body`, base64. Whoever has the operator's root can tell that this site said this, and that nobody changed it.
 */
import { createPrivateKey, sign, verify, X509Certificate } from "node:crypto";
import type { Instant } from "@wattward/kernel";
import { checkPeer, readPem } from "@wattward/pki";

export type Finding = {
  readonly level: "good" | "look" | "fault";
  /** What it is about: reachable, models, nameplate, values, revert, phases. */
  readonly about: string;
  readonly sentence: string;
};

export type FoundModels = readonly {
  readonly id: number;
  readonly address: number;
  readonly length: number;
}[];

export type DeviceReport = {
  readonly device: string;
  readonly kind: string;
  readonly findings: readonly Finding[];
  readonly models?: FoundModels;
  /** Watts, as the nameplate has them. */
  readonly rated?: { readonly chargeW?: number; readonly dischargeW?: number };
  readonly revert?:
    | { readonly kind: "proven"; readonly afterMs: number; readonly watchedMs: number }
    | { readonly kind: "unproven"; readonly why: string };
};

export type PhaseReport = {
  readonly outlet: string;
  readonly expected: readonly string[];
  /** Phases on which the grid meter saw the load come. */
  readonly seen: readonly string[] | "not-checked";
  /** The load came as power that leaves: the grid meter was installed the wrong way round. */
  readonly inverted?: boolean;
};

export type CommissionReport = {
  readonly schema: 1;
  readonly site: string;
  readonly atWallMs: number;
  readonly software: string;
  /** SHA-256 of the document that was commissioned, hex. */
  readonly documentSha256: string;
  readonly devices: readonly DeviceReport[];
  readonly phases: readonly PhaseReport[];
  /** Nothing is at fault. */
  readonly passed: boolean;
};

export type SignedReport = { readonly body: string; readonly signature: string; readonly signer: string };

type Key = { readonly cert: string; readonly key: string; readonly passphrase?: string };

export function signReport(report: CommissionReport, { cert, key, passphrase }: Key): SignedReport {
  const body = JSON.stringify(report);
  const secret = createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) });
  return {
    body,
    signature: sign("sha256", Buffer.from(body, "utf8"), secret).toString("base64"),
    signer: cert,
  };
}

export type ReportVerdict =
  | { readonly kind: "valid"; readonly report: CommissionReport }
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
  const verdict = checkPeer({ chainDer, anchors: [rootPem], now, role: "site" });
  if (verdict.kind === "refused") return refused(`its signer: ${verdict.sentence}`);
  const { publicKey } = new X509Certificate(leaf);
  if (!verify("sha256", Buffer.from(body, "utf8"), publicKey, Buffer.from(signature, "base64")))
    return refused("its text is not what the site signed");
  // Signed by a site of ours: what it says of itself is of the form that we write.
  const report = JSON.parse(body) as CommissionReport;
  if (report.site !== verdict.facts.cn)
    return refused(`site ${verdict.facts.cn} signed what was said in the name of ${report.site}`);
  return { kind: "valid", report };
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
