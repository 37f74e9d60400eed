/**
 * The passphrase of the key files: the operator's, or a generated one in a file of mode 0600 beside them.
 *
 * What the file protects: keys that leave without it (a key file mailed, a backup that leaves `passphrase` out).
 * What it does not: whoever reads the folder as this user, as root, or from a stolen disk has both. Against those set
 * WATTWARD_PASSPHRASE from a secret store, or keep the keys in an HSM.
 */
import { type Chance, type Disk, hex } from "@wattward/kernel";
import { PkiError } from "../errors.ts";
import { refuseExposed } from "./permissions.ts";

export const PASSPHRASE_FILE = "passphrase";
/** A given passphrase is stretched by 2048 rounds only (OpenSSL's PBKDF2), so its own strength must suffice. */
export const PASSPHRASE_CHARS_MIN = 16;
const GENERATED_BYTES = 32;

/** Makes up a passphrase that no guessing finds: 256 bits. */
export const newPassphrase = (chance: Chance): string => hex(chance, GENERATED_BYTES);

type Options = { readonly passphrase: string | undefined; readonly chance: Chance; readonly folder: string };

/** The given passphrase, or the file's, or, where there are no keys yet, a new one written to the file. */
export async function openPassphrase(disk: Disk, { passphrase, chance, folder }: Options): Promise<string> {
  if (passphrase !== undefined) return strong(passphrase, "WATTWARD_PASSPHRASE");
  await refuseExposed(`${folder}/${PASSPHRASE_FILE}`);
  const bytes = await disk.read(PASSPHRASE_FILE);
  if (bytes !== undefined)
    return strong(Buffer.from(bytes).toString().trim(), `${folder}/${PASSPHRASE_FILE}`);
  if ((await disk.list("")).some((name) => name.endsWith(".pem"))) {
    throw new PkiError(
      "missing-passphrase",
      `${folder} holds keys, but no file '${PASSPHRASE_FILE}': set WATTWARD_PASSPHRASE, or restore the file`,
    );
  }
  const made = newPassphrase(chance);
  await disk.replace(PASSPHRASE_FILE, Buffer.from(`${made}\n`));
  return made;
}

function strong(passphrase: string, where: string): string {
  if (passphrase.length >= PASSPHRASE_CHARS_MIN) return passphrase;
  throw new PkiError(
    "weak-passphrase",
    `${where} must have at least ${PASSPHRASE_CHARS_MIN} characters, for example from: openssl rand -base64 32`,
  );
}
