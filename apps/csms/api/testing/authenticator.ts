/**
 * For tests: an authenticator and its browser in software (WebAuthn Level 3 §6, §5.1). ES256, attestation "none",
 * CBOR written by hand. Every field that a test may want to falsify is an argument.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export type Falsify = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly counter?: number;
  readonly signature?: Buffer;
};

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();

export class SoftwareAuthenticator {
  readonly id = randomBytes(16);
  private readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;
  private counter = 0;

  constructor() {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.publicKey = pair.publicKey;
    this.privateKey = pair.privateKey;
  }

  /** What `navigator.credentials.create` gives for these options. */
  create(options: { challenge: string; rp: { id?: string } }, origin: string, falsify: Falsify = {}) {
    const rpId = falsify.rpId ?? options.rp.id ?? "";
    const attested = Buffer.concat([Buffer.alloc(16), uint16(this.id.length), this.id, this.coseKey()]);
    const authenticatorData = Buffer.concat([this.data(rpId, 0x45, falsify.counter), attested]);
    return {
      id: b64(this.id),
      rawId: b64(this.id),
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData("webauthn.create", options.challenge, origin, falsify),
        attestationObject: b64(attestationNone(authenticatorData)),
        transports: ["internal"],
      },
    };
  }

  /** What `navigator.credentials.get` gives for these options. */
  get(options: { challenge: string; rpId?: string }, origin: string, falsify: Falsify = {}) {
    const authenticatorData = this.data(falsify.rpId ?? options.rpId ?? "", 0x05, falsify.counter);
    const clientDataJSON = clientData("webauthn.get", options.challenge, origin, falsify);
    const signed = Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, "base64url"))]);
    return {
      id: b64(this.id),
      rawId: b64(this.id),
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: b64(authenticatorData),
        signature: b64(falsify.signature ?? sign("sha256", signed, this.privateKey)),
      },
    };
  }

  /** rpIdHash, flags, signature counter (§6.1). */
  private data(rpId: string, flags: number, counter = ++this.counter): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
  }

  /** COSE_Key of an EC2 key: {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1). */
  private coseKey(): Buffer {
    const { x = "", y = "" } = this.publicKey.export({ format: "jwk" });
    const coordinate = (text: string) =>
      Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, "base64url")]);
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
    return Buffer.concat([head, Buffer.from([0x21]), coordinate(x), Buffer.from([0x22]), coordinate(y)]);
  }
}

function clientData(type: string, challenge: string, origin: string, falsify: Falsify): string {
  const fields = {
    type: falsify.type ?? type,
    challenge: falsify.challenge ?? challenge,
    origin: falsify.origin ?? origin,
    crossOrigin: false,
  };
  return b64(Buffer.from(JSON.stringify(fields)));
}

/** CBOR of {"fmt": "none", "attStmt": {}, "authData": bytes} (§6.5.4, §8.7). */
function attestationNone(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const length = Buffer.concat([Buffer.from([0x59]), uint16(authData.length)]);
  return Buffer.concat([
    Buffer.from([0xa3]),
    text("fmt"),
    text("none"),
    text("attStmt"),
    Buffer.from([0xa0]),
    text("authData"),
    length,
    authData,
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
