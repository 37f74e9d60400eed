/** The first message of a TLS client, made by hand: for versions and suites that no library here would offer. */

/** Numbers of RFC 5246, 5289 and older; what a name means is in the IANA registry. */
export const cipherSuites = {
  TLS_RSA_WITH_NULL_SHA256: 0x003b,
  TLS_RSA_WITH_RC4_128_SHA: 0x0005,
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: 0x000a,
  TLS_RSA_WITH_AES_128_CBC_SHA: 0x002f,
  TLS_RSA_WITH_AES_128_CBC_SHA256: 0x003c,
  TLS_RSA_WITH_AES_128_GCM_SHA256: 0x009c,
  TLS_RSA_WITH_AES_256_GCM_SHA384: 0x009d,
  TLS_DH_anon_WITH_AES_128_GCM_SHA256: 0x00a6,
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: 0xc007,
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 0xc009,
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 0xc023,
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 0xc02b,
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 0xc02c,
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 0xc013,
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 0xc02f,
  TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256: 0xc02d,
} as const;

export type HelloFields = {
  /** 0x0300 is SSL 3.0, 0x0303 TLS 1.2. */
  readonly version: number;
  readonly suites: readonly number[];
  /** Methods of TLS compression (RFC 3749): 0 none, 1 DEFLATE. */
  readonly compressions?: readonly number[];
};

const u8 = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length]), bytes]);
const u16 = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
const extension = (type: number, body: Buffer) => Buffer.concat([Buffer.from([0, type]), u16(body)]);

/** One record with one ClientHello; groups and signature algorithms are those that everyone has. */
export function clientHello({ version, suites, compressions = [0] }: HelloFields): Buffer {
  const versionBytes = Buffer.from([version >> 8, version & 0xff]);
  const extensions = Buffer.concat([
    extension(10, u16(Buffer.from("001d0017", "hex"))),
    extension(11, u8(Buffer.from([0]))),
    extension(13, u16(Buffer.from("04030804040105030201", "hex"))),
  ]);
  const body = Buffer.concat([
    versionBytes,
    Buffer.alloc(32, 7),
    u8(Buffer.alloc(0)),
    u16(Buffer.from(suites.flatMap((suite) => [suite >> 8, suite & 0xff]))),
    u8(Buffer.from(compressions)),
    u16(extensions),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), u16(body)]);
  return Buffer.concat([Buffer.from([0x16, 3, 1]), u16(message)]);
}

/** What a server answers first. */
export type HelloAnswer =
  | { readonly kind: "hello"; readonly version: number; readonly suite: number; readonly compression: number }
  /** 40 is handshake_failure, 70 protocol_version (RFC 5246 §7.2). */
  | { readonly kind: "alert"; readonly description: number }
  | { readonly kind: "other"; readonly hex: string };

/** Reads the first record of an answer. */
export function readHelloAnswer(answer: Buffer): HelloAnswer {
  if (answer[0] === 0x15 && answer.length >= 7) return { kind: "alert", description: answer[6] ?? 0 };
  if (answer[0] !== 0x16 || answer[5] !== 2)
    return { kind: "other", hex: answer.subarray(0, 16).toString("hex") };
  const at = 44 + (answer[43] ?? 0);
  return {
    kind: "hello",
    version: answer.readUInt16BE(9),
    suite: answer.readUInt16BE(at),
    compression: answer[at + 2] ?? 0,
  };
}
