/**
 * What TLS a station may bring (OCPP 2.0.1 and 2.1 A00.FR.313 to 322 and 416 to 425, and the 1.6 security whitepaper's
 * of the same numbers), asked by OpenSSL's own client, and by hand where no client would ask.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { silentLog, type WireServer } from "@wattward/kernel";
import { makeTestPki, opensslMissing, type TestPki } from "../testing/certificates.ts";
import { cipherSuites, clientHello, type HelloFields, readHelloAnswer } from "../testing/client-hello.ts";
import { ended, type Listener, listener, upgradeHead } from "../testing/listener.ts";
import { dialer } from "./index.ts";

const skip = opensslMissing();
const pki = skip ? ({} as TestPki) : makeTestPki();
const folder = mkdtempSync(join(tmpdir(), "wattward-tls-suites-"));
const servers: WireServer[] = [];
after(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<Listener> {
  const clients = { kind: "required", ca: [pki.root, pki.issuing], judge: "openssl" } as const;
  const at = await listener({
    tls: { identities: [pki.serverEc, pki.serverRsa], clients },
    limits: { closeMsMax: 200 },
  });
  servers.push(at.server);
  return at;
}

/** OpenSSL's client with a station's certificate, until its output shows `until` or it ends. */
async function client(
  port: number,
  options: readonly string[],
  input: string,
  until: RegExp,
): Promise<string> {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  // A station that takes no ECDSA signature makes none either.
  const { cert, key } = options.includes("RSA-PSS+SHA256") ? pki.stationRsa : pki.station;
  const identity = ["-cert", file("station.pem", cert), "-key", file("station.key", key)];
  const trust = ["-CAfile", file("root.pem", pki.root), "-verify_return_error", "-servername", "localhost"];
  const child = spawn("openssl", [
    "s_client",
    "-connect",
    `127.0.0.1:${port}`,
    ...identity,
    ...trust,
    ...options,
  ]);
  const timer = setTimeout(() => child.kill(), 10_000);
  let output = "";
  return new Promise((resolve) => {
    const more = (bytes: Buffer) => {
      output += bytes.toString("latin1");
      if (until.test(output)) child.kill();
    };
    child.stdout.on("data", more);
    child.stderr.on("data", more);
    child.stdin.on("error", () => {});
    child.on("close", () => {
      clearTimeout(timer);
      resolve(output);
    });
    child.stdin.write(input);
  });
}

const served: readonly (readonly [what: string, options: readonly string[], cipher: string, key: RegExp])[] =
  [
    [
      "TLS 1.2, ECDSA, 128",
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"],
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      /Server public key is 256 bit/,
    ],
    [
      "TLS 1.2, ECDSA, 256",
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"],
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      /Server public key is 256 bit/,
    ],
    [
      "TLS 1.2, RSA with forward secrecy",
      ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"],
      "ECDHE-RSA-AES128-GCM-SHA256",
      /Server public key is 2048 bit/,
    ],
    [
      "TLS 1.2, RSA without, 128",
      ["-tls1_2", "-cipher", "AES128-GCM-SHA256"],
      "AES128-GCM-SHA256",
      /Server public key is 2048 bit/,
    ],
    [
      "TLS 1.2, RSA without, 256",
      ["-tls1_2", "-cipher", "AES256-GCM-SHA384"],
      "AES256-GCM-SHA384",
      /Server public key is 2048 bit/,
    ],
    [
      "TLS 1.2, the client would rather not have forward secrecy",
      ["-tls1_2", "-cipher", "AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"],
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      /Server public key is 256 bit/,
    ],
    [
      "TLS 1.3, ECDSA",
      ["-tls1_3", "-sigalgs", "ECDSA+SHA256"],
      "TLS_AES_128_GCM_SHA256",
      /Server public key is 256 bit/,
    ],
    [
      "TLS 1.3, RSA",
      ["-tls1_3", "-sigalgs", "RSA-PSS+SHA256"],
      "TLS_AES_128_GCM_SHA256",
      /Server public key is 2048 bit/,
    ],
  ];

for (const [what, options, cipher, key] of served) {
  test(`${what}: OpenSSL's client verifies the server, shows its own certificate and gets its wire`, {
    skip,
  }, async () => {
    const at = await open();
    const output = await client(at.port, options, upgradeHead("/ocpp/CS1"), /HTTP\/1\.1 101 /);
    assert.match(output, /HTTP\/1\.1 101 /, output);
    assert.match(output, new RegExp(`Cipher is ${cipher}\n`));
    assert.match(output, key);
    assert.match(output, /Compression: NONE/);
    assert.equal(at.requests.length, 1);
  });
}

/** First bytes of an answer to a hello made by hand. */
async function answerTo(port: number, hello: HelloFields) {
  const socket = connect({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  socket.on("error", () => {});
  const answered = new Promise<void>((resolve) =>
    socket.on("data", (chunk) => resolve(void chunks.push(chunk))),
  );
  socket.write(clientHello(hello));
  await Promise.race([answered, ended(socket)]);
  socket.destroy();
  return readHelloAnswer(Buffer.concat(chunks));
}

const TLS_1_2 = 0x0303;
const HANDSHAKE_FAILURE = 40;
const PROTOCOL_VERSION = 70;

test("by hand: the four suites that a CSMS must have are chosen where they alone are offered (A00.FR.318)", {
  skip,
}, async () => {
  const at = await open();
  for (const name of [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
  ] as const) {
    const suite = cipherSuites[name];
    const answer = await answerTo(at.port, { version: TLS_1_2, suites: [suite] });
    assert.deepEqual(answer, { kind: "hello", version: TLS_1_2, suite, compression: 0 }, name);
  }
});

test("by hand: nothing below TLS 1.2, not with the whitepaper's suite for it either (A00.FR.313 to 315)", {
  skip,
}, async () => {
  const at = await open();
  const suites = [cipherSuites.TLS_RSA_WITH_AES_128_CBC_SHA, ...Object.values(cipherSuites)];
  // SSL 3.0 is too old to be told what is wrong with it.
  const answers = [
    [0x0300, HANDSHAKE_FAILURE],
    [0x0301, PROTOCOL_VERSION],
    [0x0302, PROTOCOL_VERSION],
  ] as const;
  for (const [version, description] of answers) {
    const answer = await answerTo(at.port, { version, suites });
    assert.deepEqual(answer, { kind: "alert", description }, version.toString(16));
  }
  assert.deepEqual(at.requests, []);
});

const refused = [
  ["TLS_RSA_WITH_NULL_SHA256", "no encryption"],
  ["TLS_RSA_WITH_RC4_128_SHA", "RC4"],
  ["TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "RC4"],
  ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "3DES"],
  [
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "CBC with SHA-1; the whitepaper's A00.FR.428 has it for TLS 1.0 and 1.1 only",
  ],
  ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "CBC with SHA-1"],
  ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "CBC with SHA-1"],
  ["TLS_RSA_WITH_AES_128_CBC_SHA256", "CBC: padding oracles, and no specification here asks for it"],
  ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "CBC"],
  ["TLS_DH_anon_WITH_AES_128_GCM_SHA256", "no authentication"],
  ["TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "a static key exchange that nobody must have"],
] as const;

for (const [name, why] of refused) {
  test(`by hand: ${name} is refused (${why}; A00.FR.320, A00.FR.322)`, { skip }, async () => {
    const at = await open();
    const answer = await answerTo(at.port, { version: TLS_1_2, suites: [cipherSuites[name]] });
    assert.deepEqual(answer, { kind: "alert", description: HANDSHAKE_FAILURE });
  });
}

test("by hand: compression of TLS is never chosen, and who insists on it is refused (A00.FR.321)", {
  skip,
}, async () => {
  const at = await open();
  const suites = [cipherSuites.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
  const offered = await answerTo(at.port, { version: TLS_1_2, suites, compressions: [1, 0] });
  assert(offered.kind === "hello" && offered.compression === 0, JSON.stringify(offered));
  const insisted = await answerTo(at.port, { version: TLS_1_2, suites, compressions: [1] });
  assert.equal(insisted.kind, "alert");
});

test("a client that asks for renegotiation is told no: a verdict on a certificate stands for its connection", {
  skip,
}, async () => {
  const at = await open();
  const output = await client(at.port, ["-tls1_2"], "R\n", /no renegotiation|unexpected/);
  assert.match(output, /RENEGOTIATING/);
  assert.match(output, /no renegotiation/);
});

test("a dialer calls no server without forward secrecy, and none below TLS 1.2", { skip }, async () => {
  for (const [options, taken] of [
    [{ ciphers: "AES128-GCM-SHA256:AES256-GCM-SHA384", maxVersion: "TLSv1.2" }, false],
    [{ ciphers: "DEFAULT@SECLEVEL=0", minVersion: "TLSv1", maxVersion: "TLSv1.1" }, false],
    [{ ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" }, true],
  ] as const) {
    let secured = 0;
    const server = createTlsServer({ ...pki.serverRsa, ...options }, (socket: TLSSocket) => {
      secured++;
      socket.on("error", () => {}).destroy();
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert(address !== null && typeof address === "object");
    const url = `wss://localhost:${address.port}`;
    const connectTo = { host: "127.0.0.1", port: address.port };
    const result = await dialer({ url, connectTo, tls: { ca: pki.root }, log: silentLog }).dial("/CS1", [
      "ocpp1.6",
    ]);
    assert(!result.ok);
    assert.equal(secured, taken ? 1 : 0, JSON.stringify(options));
    server.close();
  }
});

test("a sanity of the instruments: OpenSSL's client would speak the old suites if the server did", {
  skip,
}, async () => {
  const server = createTlsServer(
    { ...pki.serverRsa, ciphers: "AES128-SHA:@SECLEVEL=0", maxVersion: "TLSv1.2" },
    (socket: TLSSocket) => socket.on("error", () => {}),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  const suites = [cipherSuites.TLS_RSA_WITH_AES_128_CBC_SHA];
  const answer = await answerTo(address.port, { version: TLS_1_2, suites });
  assert(answer.kind === "hello" && answer.suite === suites[0], JSON.stringify(answer));
  const socket = connectTls({
    port: address.port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ciphers: "AES128-SHA",
  });
  await new Promise<void>((resolve) => socket.on("secureConnect", resolve).on("error", () => resolve()));
  assert.equal(socket.getCipher().name, "AES128-SHA");
  socket.destroy();
  server.close();
});
