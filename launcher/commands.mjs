// @ts-check
/**
 * The table of commands, whole: every command's name, program, arguments, options and sentences, by what people want to do.
 * Help, completion, the check of what was typed, and docs/commands.md are made from it; commands.test.ts holds it against
 * what each program really reads.
 */
import { dataSafe } from "./table/data-safe.mjs";
import { inventory, people } from "./table/inventory.mjs";
import { keys } from "./table/keys.mjs";
import { proveIt, shell } from "./table/prove-it.mjs";
import { runIt } from "./table/run-it.mjs";
import { tryIt } from "./table/try-it.mjs";

/** @type {readonly import("./table/words.mjs").Group[]} */
export const groups = [tryIt, runIt, inventory, people, keys, dataSafe, proveIt, shell];

/** @type {readonly import("./table/words.mjs").Command[]} */
export const commands = groups.flatMap((group) => group.commands);

/** @type {(name: string) => import("./table/words.mjs").Command | undefined} */
export const commandNamed = (name) => commands.find((command) => command.name === name);

/** What a form is called: `pki issue station`, `simulator`. @type {(command: import("./table/words.mjs").Command, form: import("./table/words.mjs").Form) => string} */
export const formName = (command, form) =>
  form.words === undefined ? command.name : `${command.name} ${form.words}`;
