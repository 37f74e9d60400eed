/**
 * The environment's faults, one table. A refusal of somebody else's certificate or request is no error: it is a value
 * of the function that refused it.
 */
const sentences = {
  "wrong-passphrase": "the passphrase does not open this key",
  "weak-passphrase": "the passphrase is too short to protect keys",
  "missing-passphrase": "the keys are there, their passphrase is not",
  "damaged-key": "the key file is cut off or damaged",
  "damaged-certificate": "the certificate file is damaged",
  "exposed-file": "a secret file may be read by others on this machine",
  "key-exists": "a key of this name exists and is never overwritten",
  "file-exists": "a file of this name exists and is never overwritten",
  "missing-file": "a file is missing",
  "missing-authorities": "there are no certificate authorities here yet",
  "inconsistent-authorities": "the authorities' keys and certificates do not belong together",
  "bad-setting": "a setting cannot be used",
} as const;

export type PkiErrorCode = keyof typeof sentences;

/** `message`: the code's sentence, then where and what to do. Thrown for what an operator must repair. */
export class PkiError extends Error {
  override readonly name = "PkiError";
  readonly code: PkiErrorCode;
  constructor(code: PkiErrorCode, whereAndWhatToDo: string, cause?: unknown) {
    super(`${sentences[code]}: ${whereAndWhatToDo}`, { cause });
    this.code = code;
  }
}
