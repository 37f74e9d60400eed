/** Reports under the site's signature: whose they are, and until when. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { SiteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { issueSite, openOrCreateAuthorities } from "@wattward/pki";
import { newKey, openKeyFiles, publicHalf, readSiteIdentity, writeSiteIdentity } from "@wattward/pki/files";
import type { CommissionReport } from "./report.ts";
import { signerOf, verifyReport } from "./signed-report.ts";

const YEAR_MS = 365 * 86_400_000;
const root = mkdtempSync(join(tmpdir(), "wattward-report-"));
after(() => rmSync(root, { recursive: true }));

/** Lyon's key, certificate, and the operator's root. */
async function lyon() {
  const [clock, chance] = [systemClock(), systemChance];
  const keys = await openKeyFiles("ca", {
    disk: folderDisk(join(root, "ca")),
    passphrase: "for this test only",
    chance,
  });
  const at = { clock, chance, operatorName: "Op" };
  const authorities = await openOrCreateAuthorities(keys, folderDisk(join(root, "pki")), at);
  const key = await newKey("ec-p256");
  const issued = await issueSite(authorities, { site: "lyon" as SiteId, publicKey: publicHalf(key) }, at);
  assert(issued.ok);
  const link = { key, chainPem: issued.value.chainPem };
  const content = { site: "lyon" as SiteId, domain: "wattward.test", rootPem: authorities.root.pem };
  const folder = join(root, "lyon");
  await writeSiteIdentity(folder, { ...content, link, serverEc: link, serverRsa: link }, chance);
  const { cert, key: pem, passphrase } = (await readSiteIdentity(folder)).link;
  const secret = { cert: String(cert), key: String(pem), ...(passphrase !== undefined && { passphrase }) };
  return { secret, rootPem: authorities.root.pem, now: clock.now() };
}

test("a report is believed when its certificate has ended since, and says so; one of after that end is not, nor is it signed", async () => {
  const { secret, rootPem, now } = await lyon();
  const signer = signerOf(secret, { site: "lyon", rootPem, now });
  assert(signer.ok);
  const told = {
    schema: 1,
    software: "0",
    documentSha256: "",
    site: "lyon",
    devices: [],
    phases: [],
    passed: true,
  };
  const signed = (atWallMs: unknown) =>
    JSON.stringify(signer.value({ ...told, atWallMs } as CommissionReport));
  const at = (ms: number) => ({ ...now, wallMs: now.wallMs + ms, quality: "synced" as const });
  const fresh = verifyReport(signed(now.wallMs), rootPem, now);
  assert(fresh.kind === "valid" && fresh.signerEndedMs === undefined);
  const later = at(6 * YEAR_MS);
  const old = verifyReport(signed(now.wallMs), rootPem, later);
  assert(old.kind === "valid", JSON.stringify(old));
  assert(old.signerEndedMs! > now.wallMs && old.signerEndedMs! < later.wallMs);
  for (const atWallMs of [later.wallMs, 0, undefined, "1"]) {
    const verdict = verifyReport(signed(atWallMs), rootPem, later);
    assert(verdict.kind === "refused" && /its signer: .* expired at/.test(verdict.sentence), `${atWallMs}`);
  }
  const changed = signed(now.wallMs).replace("true", "tru3");
  assert.equal(verifyReport(changed, rootPem, later).kind, "refused");
  const late = signerOf(secret, { site: "lyon", rootPem, now: later });
  assert(!late.ok && /expired/.test(late.fault), "who signs has a certificate that holds");
});
