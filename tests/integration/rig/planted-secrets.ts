/** The secrets that a test plants in everything, by what each is: what it looks for afterwards, and where each may be. */
import { createPrivateKey } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stationIdentity } from "./operator.ts";

/** Grows with the test: links, sessions and tokens join as they come to be. */
export const planted = new Map([
  ["passphrase of the keys", "correct-horse-Zq7-battery"],
  ["card of 1.6", "CARD16ZQ7XW0PLM2K"],
  ["card of 2.0.1", "CARD201-ZQ7XW0PLM2K-VERY-LONG-7731"],
  ["card of a command", "REMOTEZQ7XW0PLM2K"],
  ["password of a station", "PasswordZQ7XW0PLM2K"],
  ["password in an address", "UrlSecretZQ7XW0PLM2K"],
  ["token in an address", "SignatureZQ7XW0PLM2K"],
  ["passphrase of the backup", "another-horse-Zq7-battery"],
]);

/** Each private key as lines of its file, and in the clear. */
export function plantKeysAndPassphrases(out: string): void {
  for (const file of globSync("**/*key*.pem", { cwd: out }))
    planted.set(file, longestLine(readFileSync(join(out, file), "utf8")));
  for (const id of ["DIRECT-16", "SITE-16"]) {
    const { key = "", passphrase = "" } = stationIdentity(out, id);
    const clear = createPrivateKey({ key, passphrase }).export({ type: "pkcs8", format: "pem" });
    planted.set(`key of ${id}`, longestLine(String(clear).split("\n").slice(2).join("\n")));
  }
  for (const file of globSync("**/passphrase", { cwd: out })) {
    planted.set(file, readFileSync(join(out, file), "utf8").trim());
  }
}
const longestLine = (text: string) =>
  text
    .split("\n")
    .reduce((longest, line) => (line.length > longest.length && !line.startsWith("-") ? line : longest), "");

/**
 * Where one may be all the same, and why: its own file; and what a site must not lose. Everything else that this test
 * plants may be in no file at all.
 */
export function mayBeIn(name: string, file: string): boolean {
  // Keys and passphrases lie where they are kept, encrypted or 0600, and nowhere else.
  if (name === file) return true;
  const isCard = name.startsWith("card of");
  // The database knows the cards that may charge, and who charged with them.
  if (isCard && /^csms\/wattward\.db(-wal|-shm)?$/.test(file)) return true;
  // A site authorises by them while it is alone, and keeps the frames that it answered as they were sent: evidence.
  if (isCard && /^north\/site\/state\/[a-z-]+\.json$/.test(file)) return true;
  return /^north\/site\/journal\//.test(file) && (isCard || name === "password of a station");
}
