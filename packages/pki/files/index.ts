/** Keys and identities in files: the production adapter of the KeyStore, and the folders that stations and sites get. */
export {
  type AllAuthorityFiles,
  type AuthorityFiles,
  authorityFilesExist,
  openAuthorityFiles,
  openOrCreateAuthorityFiles,
} from "./authority-files.ts";
export {
  type KeyedChain,
  readSiteIdentity,
  readSiteTrust,
  readStationIdentity,
  type SiteIdentity,
  type StationIdentity,
  siteIdentityFolder,
  writeSiteIdentity,
  writeStationIdentity,
} from "./identity.ts";
export { newKey, openKeyFiles, publicHalf } from "./key-store.ts";
export { refuseTaken, writeNewFile } from "./new-folder.ts";
export { PASSPHRASE_CHARS_MIN, PASSPHRASE_FILE } from "./passphrase.ts";
export { refuseExposed } from "./permissions.ts";
