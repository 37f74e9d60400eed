/**
 * The first line of a backup, the only one in the clear: which format, and how the passphrase becomes the keys.
 *
 *     {"wattward":"backup","format":1,"kdf":"scrypt","n":131072,"r":8,"p":1,"salt":"…","mac":"…"}⏎
 *
 * `mac` is an HMAC over the line without it, under a key of its own: a wrong passphrase is told from damage further on.
 */
import { createHmac, scrypt, timingSafeEqual } from "node:crypto";
import type { Chance } from "@wattward/kernel";
import { BackupFault, damaged } from "./fault.ts";

export const FORMAT = 1;
/** RFC 7914: 128 MiB and about half a second for each guess. */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const;
/** What another's file may ask of this machine. */
const N_MAX = 2 ** 20;
const MEMORY_BYTES_MAX = 2 * 1024 ** 3;
const SALT_BYTES = 32;
const KEY_BYTES = 32;
export const HEADER_CHARS_MAX = 512;

export type Keys = { readonly chunks: Uint8Array; readonly header: Uint8Array };
export type Header = { readonly line: string; readonly keys: Keys };

type Stretch = { readonly n: number; readonly r: number; readonly p: number; readonly salt: string };

/**
 * A new header and the keys behind it; another salt each time, so no two backups share a key. `n` is less in tests alone.
 */
export async function newHeader(passphrase: string, chance: Chance, n: number = COST.n): Promise<Header> {
  const stretch = { ...COST, n, salt: Buffer.from(chance.bytes(SALT_BYTES)).toString("base64") };
  const keys = await keysFrom(passphrase, stretch);
  const body = { wattward: "backup", format: FORMAT, kdf: "scrypt", ...stretch };
  return { line: `${JSON.stringify({ ...body, mac: macOf(keys, JSON.stringify(body)) })}\n`, keys };
}

/** Reads a header's line. Rejects with {@link BackupFault}. */
export async function openHeader(line: string, passphrase: string): Promise<Header> {
  const { mac, ...body } = parsed(line);
  const { n, r, p, salt } = body;
  const keys = await keysFrom(passphrase, { n, r, p, salt });
  const expected = Buffer.from(macOf(keys, JSON.stringify(body)));
  const found = Buffer.from(mac);
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
    throw new BackupFault(
      "wrong-passphrase",
      "the passphrase is not the one that this backup was made with, or the backup's first line was changed",
    );
  }
  return { line, keys };
}

type Parsed = Stretch & {
  readonly wattward: string;
  readonly format: number;
  readonly kdf: string;
  readonly mac: string;
};

function parsed(line: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw notOne(error);
  }
  if (typeof value !== "object" || value === null) throw notOne();
  const { wattward, format, kdf, n, r, p, salt, mac } = value as Record<keyof Parsed, unknown>;
  if (wattward !== "backup" || typeof format !== "number") throw notOne();
  if (format > FORMAT) {
    throw new BackupFault(
      "newer-format",
      `the backup has format ${format}, and this program knows up to ${FORMAT}: restore it with the version that made it, or a newer one`,
    );
  }
  const fine =
    kdf === "scrypt" &&
    isPower(n) &&
    r === COST.r &&
    p === COST.p &&
    typeof salt === "string" &&
    typeof mac === "string";
  if (!fine) throw damaged("its first line says what no backup says");
  return { wattward, format, kdf, n, r, p, salt, mac };
}

const isPower = (n: unknown): n is number =>
  typeof n === "number" && n >= 2 ** 10 && n <= N_MAX && Number.isInteger(Math.log2(n));
const notOne = (cause?: unknown): BackupFault =>
  new BackupFault("not-a-backup", "this is no backup of Wattward, or its first line is gone", cause);

const macOf = ({ header }: Keys, text: string): string =>
  createHmac("sha256", header).update(text).digest("base64");

function keysFrom(passphrase: string, { n, r, p, salt }: Stretch): Promise<Keys> {
  const options = { N: n, r, p, maxmem: MEMORY_BYTES_MAX };
  return new Promise((resolve, reject) => {
    scrypt(
      passphrase.normalize("NFC"),
      Buffer.from(salt, "base64"),
      2 * KEY_BYTES,
      options,
      (error, bytes) => {
        if (error !== null) reject(error);
        else resolve({ chunks: bytes.subarray(0, KEY_BYTES), header: bytes.subarray(KEY_BYTES) });
      },
    );
  });
}
