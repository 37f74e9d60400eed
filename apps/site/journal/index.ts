/** The journal's door for audits: reading alone. */
export { type JournalContent, JournalDamaged, readJournal } from "./read.ts";
