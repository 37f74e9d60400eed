/** `pki show FILE`: what is in a PEM file, in words. Decides nothing and opens no key. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { rfc3339, shown } from "@wattward/kernel";
import { type Certificate, keyUsageBits, readCertificate, readPem, readRequest, usages } from "@wattward/pki";
import {
  type CommandContext,
  CommandError,
  jsonOption,
  readArguments,
  readWords,
  tell,
} from "../arguments.ts";

/** Text from a stranger's certificate, made safe for a terminal. */
const SHOWN_CHARS_MAX = 200;

export async function show(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, jsonOption);
  const [file] = readWords(positionals, "FILE");
  const text = await readFile(file, "latin1");
  const parts = [
    ...readPem(text, "CERTIFICATE").map((der) => describeCertificate(der, file)),
    ...readPem(text, "CERTIFICATE REQUEST").map(describeRequest),
    ...readPem(text, "ENCRYPTED PRIVATE KEY").map(() =>
      rows("Private key", { note: "encrypted; not opened here" }),
    ),
    ...readPem(text, "PRIVATE KEY").map(() =>
      rows("Private key", { note: "NOT encrypted: anyone who reads this file can use it" }),
    ),
  ];
  if (parts.length === 0) throw new CommandError(`${file} holds no certificate, request or key in PEM`);
  tell(context, values.json, parts, parts.map(inWords).join("\n"));
}

function describeCertificate(der: Uint8Array, file: string): Part {
  const certificate = readOrRefuse(der, file);
  const { dnsNames, ipAddresses } = certificate.extensions;
  return rows("Certificate", {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    for: purpose(certificate),
    names: [...dnsNames, ...ipAddresses.map(readableAddress)].join(", ") || undefined,
    valid: `${rfc3339(certificate.notBeforeMs)} to ${rfc3339(certificate.notAfterMs)}`,
    "serial number": certificate.serial,
    key: describeKey(certificate.spki),
    "key SHA-256": certificate.spkiSha256,
  });
}

function readOrRefuse(der: Uint8Array, file: string): Certificate {
  try {
    return readCertificate(der);
  } catch (error) {
    throw new CommandError(
      `${file}: the certificate cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function describeRequest(der: Uint8Array): Part {
  const request = readRequest(der);
  if (request === undefined) return rows("Certificate request", { note: "cannot be read" });
  return rows("Certificate request", {
    subject: request.subject.text,
    key: describeKey(request.spki),
    "key SHA-256": createHash("sha256").update(request.spki).digest("hex"),
    signature: request.proven ? "made with this key" : "WRONG, or the key is of a kind that is not accepted",
  });
}

const usageWords: Readonly<Record<string, string>> = {
  [usages.clientAuth]: "client in TLS",
  [usages.serverAuth]: "server in TLS",
  [usages.documentSigning]: "signs bundles",
};

function purpose({ extensions: { ca, keyUsage = 0, extendedKeyUsage } }: Certificate): string {
  const uses = extendedKeyUsage?.map((usage) => usageWords[usage] ?? usage).join(", ");
  if (!ca) return uses ?? "any use";
  const may = (keyUsage & keyUsageBits.keyCertSign) !== 0;
  return may ? `certifies others${uses ? `, each as: ${uses}` : ""}` : "an authority that may not certify";
}

function describeKey(spki: Uint8Array): string {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    return "of a kind that is unknown here";
  }
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return `${key.asymmetricKeyType ?? "?"} ${namedCurve ?? modulusLength ?? ""}`.trim();
}

function readableAddress(hexadecimal: string): string {
  if (hexadecimal.length === 8)
    return (hexadecimal.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".");
  return (hexadecimal.match(/..../g) ?? []).join(":");
}

/** One thing in the file: what it is, and what is to be said of it. */
type Part = { readonly what: string; readonly [name: string]: string };

function rows(what: string, values: Readonly<Record<string, string | undefined>>): Part {
  const known = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return { what, ...Object.fromEntries(known) };
}

function inWords({ what, ...values }: Part): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `  ${(name === "note" ? "" : name).padEnd(14)} ${shown(value, SHOWN_CHARS_MAX)}\n`,
  );
  return `${what}\n${lines.join("")}`;
}
