/** What can be wrong with a backup, in a sentence for whoever has it in hand. The environment's or that person's fault. */
export type BackupFaultKind = "not-a-backup" | "newer-format" | "wrong-passphrase" | "damaged" | "cut-short";

export class BackupFault extends Error {
  override readonly name = "BackupFault";
  readonly kind: BackupFaultKind;
  constructor(kind: BackupFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export const damaged = (what: string, cause?: unknown): BackupFault =>
  new BackupFault(
    "damaged",
    `the backup is damaged: ${what}. Take another copy of it, or an earlier backup.`,
    cause,
  );
export const cutShort = (): BackupFault =>
  new BackupFault(
    "cut-short",
    "the backup ends before its end: it was cut short, or changed. Take another copy of it, or an earlier backup.",
  );
