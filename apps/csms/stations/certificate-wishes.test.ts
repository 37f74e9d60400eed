import assert from "node:assert/strict";
import { test } from "node:test";
import { examplesOf } from "../core/testing/examples.ts";
import { bodyOf, iso, START_MS, testCore } from "../core/testing/test-core.ts";

for (const [version, action, expected] of [
  ["1.6", "SignCertificate", { status: "Rejected" }],
  ["2.0.1", "SignCertificate", { status: "Rejected", reason: "NotEnabled" }],
  ["2.1", "SignCertificate", { status: "Rejected", reason: "NotEnabled" }],
  ["2.0.1", "Get15118EVCertificate", { status: "Failed", reason: "NotEnabled" }],
  ["2.1", "Get15118EVCertificate", { status: "Failed", reason: "NotEnabled" }],
  ["2.0.1", "GetCertificateStatus", { status: "Failed", reason: "NotEnabled" }],
  ["2.1", "GetCertificateStatus", { status: "Failed", reason: "NotEnabled" }],
] as const) {
  test(`message: ${action} ${version} is told ${expected.status} as long as none are served, and observed`, async () => {
    const core = await testCore({ cp: "direct" });
    const [example] = examplesOf(version).filter((one) => one.action === action);
    const answer = bodyOf(await core.call("cp", version, action, example?.payload ?? {}));
    assert.equal(answer["status"], expected.status);
    const info = answer["statusInfo"] as { reasonCode?: string } | undefined;
    assert.equal(info?.reasonCode, "reason" in expected ? expected.reason : undefined);
    const [wanted] = await core.outbox("station.certificate-wanted");
    assert.equal(wanted?.data["answer"], expected.status);
    assert.doesNotMatch(JSON.stringify(await core.outbox()), /CERTIFICATE REQUEST|gJgC/);
  });
}

test("message: GetCertificateChainStatus 2.1 answers for each certificate, in its order, that nothing is known", async () => {
  const core = await testCore({ cp: "direct" });
  const hash = (serialNumber: string) => ({
    ...{ hashAlgorithm: "SHA256", issuerNameHash: "a", issuerKeyHash: "b", serialNumber },
  });
  const asked = ["1", "2", "3"].map((serial, n) => ({
    ...{ source: n === 1 ? "CRL" : "OCSP", urls: ["http://x.example/"] },
    certificateHashData: hash(serial),
  }));
  const answer = bodyOf(
    await core.call("cp", "2.1", "GetCertificateChainStatus", { certificateStatusRequests: asked }),
  );
  assert.deepEqual(
    answer["certificateStatus"],
    asked.map(({ source, certificateHashData }) => ({
      ...{ certificateHashData, source, status: "Failed", nextUpdate: iso(START_MS) },
    })),
  );
});
