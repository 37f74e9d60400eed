// @ts-check
/**
 * The shape of the table of commands, and short words to fill it with. Plain JavaScript, because the table is read before
 * Node 24 is known to be there.
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly sentence: string,
 *   readonly value?: string,
 *   readonly usual?: boolean,
 *   readonly many?: boolean,
 *   readonly takes?: "file" | "folder",
 *   readonly choices?: readonly string[],
 * }} Option one option without its dashes; without `value` it is a switch, and with `usual` its value may be left out
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly optional?: boolean,
 *   readonly many?: boolean,
 *   readonly takes?: "file" | "folder",
 *   readonly choices?: readonly string[],
 * }} Argument a word that is no option
 *
 * @typedef {{
 *   readonly words?: string,
 *   readonly when?: string,
 *   readonly arguments?: readonly Argument[],
 *   readonly sentence: string,
 *   readonly options?: readonly Option[],
 *   readonly notes?: readonly string[],
 *   readonly docs?: string,
 * }} Form one thing a command does: by its next words (`pki issue station`), or by an option that only it has (`when`);
 *   with `notes` or `docs` where those of the command are not its own
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly entry: string,
 *   readonly sentence: string,
 *   readonly forms: readonly Form[],
 *   readonly notes?: readonly string[],
 *   readonly examples?: readonly string[],
 *   readonly docs?: string,
 * }} Command
 *
 * @typedef {{ readonly title: string, readonly commands: readonly Command[] }} Group
 */

/** @type {(name: string, sentence: string) => Option} */
export const flag = (name, sentence) => ({ name, sentence });

/** @type {(name: string, value: string, sentence: string, more?: Partial<Option>) => Option} */
export const text = (name, value, sentence, more = {}) => ({ name, value, sentence, ...more });

/** Its value may be left out: the sentence says what it is then. @type {(name: string, value: string, sentence: string) => Option} */
export const usual = (name, value, sentence) => text(name, value, sentence, { usual: true });

/** @type {(name: string, value: string, sentence: string) => Option} */
export const file = (name, value, sentence) => text(name, value, sentence, { takes: "file" });

/** @type {(name: string, value: string, sentence: string) => Option} */
export const folder = (name, value, sentence) => text(name, value, sentence, { takes: "folder" });

/** @type {(name: string, choices: readonly string[], sentence: string) => Option} */
export const oneOf = (name, choices, sentence) => text(name, choices.join("|"), sentence, { choices });

/** The central system's folder, for every command that works on one. */
export const data = folder(
  "data",
  "DIR",
  "the central system's folder (WATTWARD_DATA_DIR, else .wattward/csms)",
);

/** For scripts. */
export const json = flag("json", "one JSON value on standard output, and nothing else there");
