/**
 * Keys in encrypted files: PKCS#8 under PBES2 with AES-256-CBC (RFC 8018), one `<name>.pem` each, mode 0600. `openssl
 * pkey -in FILE` opens them. A key is on disk, durably, before anybody has seen its public half.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type SignKeyObjectInput,
  sign as signWith,
} from "node:crypto";
import { promisify } from "node:util";
import type { Chance, Disk } from "@wattward/kernel";
import { folderDisk } from "@wattward/kernel/node";
import { DerFault, only, tags } from "../der.ts";
import { PkiError } from "../errors.ts";
import { type KeyKind, type KeyStore, keyNamePattern, type StoredKey } from "../key-store.ts";
import { readPem } from "../pem.ts";
import { openPassphrase } from "./passphrase.ts";
import { refuseExposed } from "./permissions.ts";

/** Opens (or begins) a folder of keys; `passphrase` as given to the process, see passphrase.ts where there is none. */
export async function openKeyFiles(
  folder: string,
  options: { readonly passphrase?: string | undefined; readonly chance: Chance; readonly disk?: Disk },
): Promise<KeyStore> {
  const { passphrase, chance, disk = folderDisk(folder) } = options;
  return keyFiles({ folder, disk, passphrase: await openPassphrase(disk, { passphrase, chance, folder }) });
}

type Place = { readonly folder: string; readonly disk: Disk; readonly passphrase: string };

function keyFiles(place: Place): KeyStore {
  const { folder, disk, passphrase } = place;
  return {
    async generate(name, kind) {
      const file = fileOf(name);
      if ((await disk.read(file)) !== undefined) throw new PkiError("key-exists", `${folder}/${file}`);
      const pem = encryptKey(await newKey(kind), passphrase);
      await disk.replace(file, Buffer.from(pem));
      return storedKey(name, pem, place);
    },
    async load(name) {
      const file = fileOf(name);
      await refuseExposed(`${folder}/${file}`);
      const bytes = await disk.read(file);
      return bytes === undefined ? undefined : storedKey(name, Buffer.from(bytes).toString("latin1"), place);
    },
  };
}

function fileOf(name: string): string {
  if (!keyNamePattern.test(name)) throw new RangeError(`'${name}' is no name for a key`);
  return `${name}.pem`;
}

const generate = promisify(generateKeyPair);

/** A new private key, still in the clear and in memory alone. */
export async function newKey(kind: KeyKind): Promise<KeyObject> {
  const pair =
    kind === "ec-p256"
      ? await generate("ec", { namedCurve: "P-256" })
      : await generate("rsa", { modulusLength: 3072 });
  return pair.privateKey;
}

export const encryptKey = (key: KeyObject, passphrase: string): string =>
  key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();

/** SubjectPublicKeyInfo of a private key, in DER. */
export const publicHalf = (key: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));

function storedKey(name: string, pem: string, place: Place): StoredKey {
  const key = openKey(pem, place.passphrase, `${place.folder}/${name}.pem`);
  const input: SignKeyObjectInput = { key, dsaEncoding: "ieee-p1363" };
  return {
    name,
    kind: kindOf(key, `${place.folder}/${name}.pem`),
    publicKey: publicHalf(key),
    tls: { key: pem, passphrase: place.passphrase },
    sign: async (data) => new Uint8Array(signWith("sha256", data, input)),
  };
}

/** Decrypts a key file; tells a damaged file from a wrong passphrase by whether its outer shape is whole. */
function openKey(pem: string, passphrase: string, path: string): KeyObject {
  const [der] = readPem(pem, "ENCRYPTED PRIVATE KEY");
  if (der === undefined) throw new PkiError("damaged-key", `${path}; restore it from the backup`);
  try {
    only(der, tags.sequence);
  } catch (error) {
    if (error instanceof DerFault)
      throw new PkiError("damaged-key", `${path}; restore it from the backup`, error);
    throw error;
  }
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    throw new PkiError(
      "wrong-passphrase",
      `${path}; set WATTWARD_PASSPHRASE to the one it was made with, or unset it to use the file 'passphrase' beside it`,
      error,
    );
  }
}

function kindOf(key: KeyObject, path: string): KeyKind {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (namedCurve === "prime256v1") return "ec-p256";
  if (modulusLength === 3072) return "rsa-3072";
  throw new PkiError("damaged-key", `${path} is a key, but not of a kind that was made here`);
}
