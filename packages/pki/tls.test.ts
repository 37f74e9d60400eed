/** The certificates at work: real TLS on loopback, with the cipher suites that A00.FR.421 asks for. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { connect, createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { publicKeyOf, readCertificate, signedBy } from "./certificate.ts";
import { checkPeer } from "./check-peer.ts";
import { encryptKey, newKey, publicHalf } from "./files/key-store.ts";
import { issueStation } from "./issue.ts";
import type { TlsIdentity } from "./key-store.ts";
import { openOrIssueServer } from "./server-identity.ts";
import { makeRsaWorld, PASSPHRASE, value } from "./testing/world.ts";

const suites = [
  ["ECDHE-ECDSA-AES128-GCM-SHA256", "prime256v1"],
  ["ECDHE-ECDSA-AES256-GCM-SHA384", "prime256v1"],
  ["AES128-GCM-SHA256", undefined],
  ["AES256-GCM-SHA384", undefined],
] as const;

let world: Awaited<ReturnType<typeof makeRsaWorld>>;
let server: Server;
let station: TlsIdentity;
const sockets: TLSSocket[] = [];

before(async () => {
  world = await makeRsaWorld();
  const { authorities } = world;
  const { ec, rsa } = await openOrIssueServer(authorities, ["csms.wattward.test"], world);
  const options: TlsOptions = {
    cert: [ec.cert, rsa.cert],
    key: [ec, rsa].map(({ key, passphrase }) => ({ pem: key, passphrase })),
    ca: [authorities.root.pem],
    requestCert: true,
    // The verdict is checkPeer's: OpenSSL would judge by the machine's clock, and this world has its own.
    rejectUnauthorized: false,
    ciphers: suites.map(([name]) => name).join(":"),
    maxVersion: "TLSv1.2",
  };
  server = createServer(options, (socket) => void sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const key = await newKey("ec-p256");
  const issued = value(
    await issueStation(authorities, { serial: "CP1", publicKey: publicHalf(key) }, world.ports),
  );
  station = { cert: issued.chainPem, key: encryptKey(key, PASSPHRASE), passphrase: PASSPHRASE };
});

after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

for (const [ciphers, curve] of suites) {
  test(`${ciphers}: both sides prove themselves to the other`, async () => {
    const { port } = server.address() as AddressInfo;
    const arrival = once(server, "secureConnection") as Promise<[TLSSocket]>;
    const client = connect({
      host: "127.0.0.1",
      port,
      servername: "csms.wattward.test",
      ca: [world.authorities.root.pem],
      rejectUnauthorized: false,
      maxVersion: "TLSv1.2",
      ciphers,
      ...station,
    });
    sockets.push(client);
    await once(client, "secureConnect");
    const [served] = await arrival;
    const { root, station: stationCa, rsa } = world.authorities;
    const now = world.clock.now();
    assert.equal(client.getCipher().name, ciphers);
    const shown = client.getPeerCertificate(true);
    assert.equal(shown.asn1Curve, curve);
    const name = "csms.wattward.test";
    const chainDer = [shown.raw, shown.issuerCertificate.raw];
    const seen = checkPeer({ role: "server", name, chainDer, anchors: [root.pem], now });
    if (curve !== undefined) assert.equal(seen.kind, "trusted", JSON.stringify(seen));
    else {
      assert(seen.kind === "refused" && seen.reason === "unknown-issuer", "Root R is for stations alone");
      const [leaf, ca] = chainDer.map((der) => readCertificate(new Uint8Array(der)));
      assert(leaf && ca && signedBy(leaf, publicKeyOf(ca)));
      assert(signedBy(ca, publicKeyOf(rsa.root.certificate)), "by RSA to its root");
    }
    // Node tells a server the leaf alone, so the issuing CA is its anchor.
    const leaf = [served.getPeerCertificate().raw];
    const known = checkPeer({ role: "station", chainDer: leaf, anchors: [stationCa.pem], now });
    assert(known.kind === "trusted" && known.facts.cn === "CP1", JSON.stringify(known));
  });
}
