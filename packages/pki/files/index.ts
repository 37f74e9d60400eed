/** Keys and identities in files: the production adapter of the KeyStore, and the folders that stations and sites get. */
export { openKeyFiles } from "./key-store.ts";
export { PASSPHRASE_CHARS_MIN, PASSPHRASE_FILE } from "./passphrase.ts";
