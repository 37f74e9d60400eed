/** Certificates on real TLS sockets: who gets in, who does not, and that no HTTP is read before that is decided. */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { after, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { silentLog, type WireServer } from "@wattward/kernel";
import { type Identity, makeTestPki, opensslMissing, type TestPki } from "../testing/certificates.ts";
import { eventually, type Listener, listener, rawTls, upgradeHead } from "../testing/listener.ts";
import { dialer, type ListenOptions, type TlsClientOptions } from "./index.ts";

const skip = opensslMissing();
const pki = skip ? ({} as TestPki) : makeTestPki();
const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

const leafOf = ({ cert }: Identity) => new Uint8Array(new X509Certificate(cert).raw);

async function secured(
  options: Partial<ListenOptions> & { judge?: "openssl" | "caller" } = {},
): Promise<Listener> {
  const opened = await listener({
    tls: {
      identities: [pki.serverEc, pki.serverRsa],
      clients: { kind: "required", ca: [pki.root, pki.issuing], judge: options.judge ?? "openssl" },
    },
    ...options,
  });
  servers.push(opened.server);
  return opened;
}

const dial = (port: number, tls: Partial<TlsClientOptions>, host = "localhost") =>
  dialer({
    url: `wss://${host}:${port}/ocpp`,
    connectTo: { host: "127.0.0.1", port },
    tls: { ca: pki.root, ...tls },
    log: silentLog,
    limits: { closeMsMax: 200 },
  }).dial("/CS1", ["ocpp1.6"]);

test("tls: a station with our certificate gets a wire; both ends see the other's chain, leaf first, root last", {
  skip,
}, async () => {
  const at = await secured();
  const result = await dial(at.port, pki.station);
  assert(result.ok, JSON.stringify(result));
  const wire = result.value;
  assert.equal(wire.protocol, "ocpp1.6");
  assert.equal(at.requests[0]?.path, "/ocpp/CS1");
  const chain = at.requests[0]?.peer.certificateChain ?? [];
  assert.deepEqual(chain[0], leafOf(pki.station));
  assert.deepEqual(
    chain.map((der) => new X509Certificate(der).subject.split("CN=")[1]),
    ["station", "issuing", "root"],
  );
  assert.deepEqual(
    (wire.peer.certificateChain ?? []).map((der) => new X509Certificate(der).subject.split("CN=")[1]),
    ["server-ec", "issuing", "root"],
  );
  const echoed = new Promise<string>((resolve) => wire.listen({ message: resolve, closed() {} }));
  wire.send("[2,…]");
  assert.equal(await echoed, "[2,…]");
  wire.close(1000, "done");
  await eventually("the close is told", () => at.closes.length === 1);
  assert.deepEqual(at.closes, [{ code: 1000, reason: "done" }]);
});

const strangers = [
  { who: "no certificate", identity: () => ({}) },
  { who: "a certificate of a foreign CA", identity: () => pki.foreignStation },
  { who: "an expired certificate", identity: () => pki.expiredStation },
];
for (const { who, identity } of strangers) {
  for (const judge of ["openssl", "caller"] as const) {
    test(`tls: ${who} is refused before HTTP, judged by ${judge}`, { skip }, async () => {
      const good = createHash("sha256").update(leafOf(pki.station)).digest("hex");
      const at = await secured({
        judge,
        verifyPeer: ([leaf]) =>
          createHash("sha256")
            .update(leaf ?? "")
            .digest("hex") === good
            ? { kind: "trusted" }
            : { kind: "refused", reason: "not on the list" },
      });
      const result = await dial(at.port, identity());
      assert(!result.ok);
      assert.equal(
        result.fault.kind,
        who === "no certificate" ? result.fault.kind : "untrusted",
        result.fault.sentence,
      );
      assert.deepEqual(at.requests, []);
      const accepted = await dial(at.port, pki.station);
      assert(accepted.ok, "and the right one still gets in");
      accepted.value.terminate();
    });
  }
}

test("tls: with judge 'caller' a certificate that OpenSSL calls expired is ours to accept (a site in 1970)", {
  skip,
}, async () => {
  const at = await secured({ judge: "caller", verifyPeer: () => ({ kind: "trusted" }) });
  const result = await dial(at.port, pki.expiredStation);
  assert(result.ok, JSON.stringify(result));
  assert.deepEqual(at.requests[0]?.peer.certificateChain?.[0], leafOf(pki.expiredStation));
  result.value.terminate();
});

test("tls: a check that throws refuses, says so in the log, and harms nobody else", { skip }, async () => {
  let broken = true;
  const at = await secured({
    judge: "caller",
    verifyPeer: () => {
      if (broken) throw new Error("out of order");
      return { kind: "trusted" };
    },
  });
  assert(!(await dial(at.port, pki.station)).ok);
  assert(at.log.some((line) => line.startsWith("verify-peer-failed")));
  broken = false;
  const result = await dial(at.port, pki.station);
  assert(result.ok);
  result.value.terminate();
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`tls: a resumed ${version} session still yields the whole chain, and is checked anew`, {
    skip,
  }, async () => {
    let denied = false;
    const at = await secured({
      judge: "caller",
      verifyPeer: () => (denied ? { kind: "refused", reason: "revoked" } : { kind: "trusted" }),
    });
    const connect = async (session?: Buffer) => {
      const socket = connectTls({
        host: "127.0.0.1",
        port: at.port,
        servername: "localhost",
        ca: pki.root,
        ...pki.station,
        minVersion: version,
        maxVersion: version,
        ...(session && { session }),
      });
      socket.on("error", () => {});
      let ticket: Buffer | undefined;
      socket.on("session", (fresh) => (ticket = fresh));
      await once(socket, "secureConnect");
      const reused = socket.isSessionReused();
      socket.write(upgradeHead("/ocpp/CS1"));
      await new Promise((resolve) => socket.once("data", resolve).once("close", resolve));
      socket.destroy();
      return { ticket, reused };
    };
    const first = await connect();
    assert(first.ticket);
    const second = await connect(first.ticket);
    assert.equal(second.reused, true);
    assert.equal(at.requests.length, 2);
    assert.deepEqual(at.requests[1]?.peer.certificateChain, at.requests[0]?.peer.certificateChain);
    assert.equal(at.requests[1]?.peer.certificateChain?.length, 3);
    denied = true;
    assert.equal((await connect(first.ticket)).reused, true);
    assert.equal(at.requests.length, 2, "revoked in between: no HTTP was read");
  });
}

test("quirk 32: ECDSA and RSA clients are both served, with the suites of A00.FR.318; TLS 1.1 is not", {
  skip,
}, async () => {
  const at = await secured();
  const suites = [
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "server-ec"],
    ["ECDHE-ECDSA-AES256-GCM-SHA384", "server-ec"],
    ["AES128-GCM-SHA256", "server-rsa"],
    ["AES256-GCM-SHA384", "server-rsa"],
  ] as const;
  for (const [ciphers, server] of suites) {
    const socket = connectTls({
      host: "127.0.0.1",
      port: at.port,
      servername: "localhost",
      ca: pki.root,
      ...pki.station,
      ciphers,
      maxVersion: "TLSv1.2",
    });
    await once(socket, "secureConnect");
    assert.equal(socket.getCipher().name, ciphers);
    assert.equal(socket.getPeerCertificate().subject.CN, server);
    socket.destroy();
  }
  const options = { port: at.port, ca: pki.root, ...pki.station };
  await assert.rejects(
    rawTls(
      { ...options, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      "GET / HTTP/1.1\r\n\r\n",
    ),
  );
});

test("dialer: the URL's host must be the server's name, wherever the connection goes", { skip }, async () => {
  const at = await secured();
  const named = await dial(at.port, pki.station, "csms.wattward.test");
  assert(named.ok, JSON.stringify(named));
  named.value.terminate();
  for (const verifyServer of [undefined, () => ({ kind: "trusted" }) as const]) {
    const other = await dial(
      at.port,
      { ...pki.station, ...(verifyServer && { verifyServer }) },
      "other.wattward.test",
    );
    assert(!other.ok);
    assert.equal(other.fault.kind, "untrusted");
  }
  assert.equal(at.requests.length, 1);
});

test("dialer: a server of a foreign CA is untrusted; an own check may overrule OpenSSL, and may refuse", {
  skip,
}, async () => {
  const at = await secured();
  const foreign = await dial(at.port, { ...pki.station, ca: pki.foreignRoot });
  assert(!foreign.ok);
  assert.equal(foreign.fault.kind, "untrusted");
  const chains: number[] = [];
  const trusting = (chain: readonly Uint8Array[]) => {
    chains.push(chain.length);
    return { kind: "trusted" } as const;
  };
  const overruled = await dial(at.port, { ...pki.station, ca: pki.foreignRoot, verifyServer: trusting });
  assert(overruled.ok);
  assert.deepEqual(chains, [2], "leaf and issuing CA came from the server");
  overruled.value.terminate();
  const refused = await dial(at.port, {
    ...pki.station,
    verifyServer: () => ({ kind: "refused", reason: "denied" }),
  });
  assert(!refused.ok);
  assert.equal(refused.fault.kind, "untrusted");
  assert.match(refused.fault.sentence, /denied/);
});

test("tls: garbage, a reset in the handshake and silence harm nobody", { skip }, async () => {
  const at = await secured({ limits: { handshakeMsMax: 100, handshakesMax: 2 } });
  const { connect } = await import("node:net");
  for (let i = 0; i < 6; i++) {
    const socket = connect(at.port, "127.0.0.1");
    socket.on("error", () => {});
    if (i % 3 === 0) socket.write("GET /% HTTP/1.1\r\n\r\n");
    else if (i % 3 === 1) socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0]), () => socket.resetAndDestroy());
    // The third kind says nothing: it holds one of two turns until its time is up.
  }
  const result = await dial(at.port, pki.station);
  assert(result.ok, JSON.stringify(result));
  result.value.terminate();
  assert(
    at.log.some((line) => line.startsWith("handshake-failed")),
    at.log.join("\n"),
  );
});

test("tls: without a certificate nobody is asked for a verdict on it, however trusting", {
  skip,
}, async () => {
  let asked = 0;
  const verifyPeer = () => {
    asked++;
    return { kind: "trusted" } as const;
  };
  const at = await secured({ judge: "caller", verifyPeer });
  const answer = await rawTls(
    { port: at.port, ca: pki.root, minVersion: "TLSv1.3" },
    upgradeHead("/ocpp/CS1"),
  );
  assert.equal(answer, "", "not a byte");
  assert.deepEqual([asked, at.requests.length], [0, 0]);
  assert(at.log.some((line) => /^peer-refused .*no certificate/.test(line)));
});

test("tls: handshakes take turns, and one that is not gone on with gives its turn up in time", {
  skip,
}, async () => {
  const { connect } = await import("node:net");
  const at = await secured({ limits: { handshakeMsMax: 150, handshakesMax: 1 } });
  const begun = connect(at.port, "127.0.0.1");
  begun.on("error", () => {});
  await new Promise<void>((resolve) => begun.write(Buffer.from([0x16, 3, 1, 2, 0, 1]), () => resolve()));
  const startedMs = performance.now();
  const result = await dial(at.port, pki.station);
  assert(result.ok, JSON.stringify(result));
  assert(performance.now() - startedMs >= 100, "it waited for its turn");
  result.value.terminate();
});

test("tls: an address that opens many connections and says nothing waits behind itself, not before all others", {
  skip,
}, async () => {
  const { connect } = await import("node:net");
  const at = await secured({ limits: { handshakeMsMax: 500, handshakesMax: 4 } });
  const silent = Array.from({ length: 60 }, () =>
    connect({ port: at.port, host: "127.0.0.1", localAddress: "127.0.0.2" }).on("error", () => {}),
  );
  await Promise.all(silent.map((socket) => once(socket, "connect")));
  const startedMs = performance.now();
  const result = await dial(at.port, pki.station);
  assert(result.ok, JSON.stringify(result));
  assert(performance.now() - startedMs < 1_000, `it waited for ${performance.now() - startedMs} ms`);
  result.value.terminate();
  for (const socket of silent) socket.destroy();
});
