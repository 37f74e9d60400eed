// @ts-check
/**
 * What a person meant by what they typed: help, a command to run, or something that is not there, with the nearest that is
 * and where to look. It refuses only what the command's program would refuse too, in better words, before anything starts.
 */
import { parseArgs } from "node:util";
import { commandNamed, commands, formName } from "./commands.mjs";
import { commandHelp, lead, optionText, wholeHelp } from "./help.mjs";
import { nearest } from "./nearest.mjs";

/** @typedef {import("./table/words.mjs").Command} Command */
/** @typedef {import("./table/words.mjs").Form} Form */
/** @typedef {import("./table/words.mjs").Option} Option */
/**
 * @typedef {{ readonly kind: "help", readonly text: string }
 *   | { readonly kind: "version" }
 *   | { readonly kind: "completion", readonly shell: "bash" | "zsh" | "fish" }
 *   | { readonly kind: "run", readonly entry: string, readonly args: readonly string[] }
 *   | { readonly kind: "wrong", readonly sentence: string }} Meant
 */

const asksHelp = new Set(["--help", "-h"]);

/** @type {(args: readonly string[]) => Meant} */
export function meant(args) {
  const [name, ...rest] = args;
  if (name === undefined) return wrong("", "name a command: 'demo' is a good first one");
  if (name === "help" || asksHelp.has(name)) {
    return rest[0] === undefined ? { kind: "help", text: wholeHelp() } : meant([...rest, "--help"]);
  }
  if (name === "--version") return { kind: "version" };
  const command = commandNamed(name);
  if (command === undefined) return wrong("", unknownCommand(name));
  const form = formOf(command, rest);
  if (rest.some((word) => asksHelp.has(word)))
    return { kind: "help", text: commandHelp(command, form?.words === undefined ? undefined : form) };
  if (form === undefined) return wrong(` ${name}`, unknownWord(command, rest));
  const words = form.words === undefined ? 0 : form.words.split(" ").length;
  const fault = faultIn(command, form, rest.slice(words));
  if (fault !== undefined) return wrong(` ${formName(command, form)}`, fault);
  if (command.name === "completion")
    return { kind: "completion", shell: /** @type {"bash" | "zsh" | "fish"} */ (rest[0]) };
  return { kind: "run", entry: command.entry, args: rest };
}

/** `place` is what comes after `wattward` in the sentence. @type {(place: string, sentence: string) => Meant} */
const wrong = (place, sentence) => ({
  kind: "wrong",
  sentence: `wattward${place}: ${sentence}\nLook at: npx wattward${place} --help\n`,
});

/** @type {(command: Command, rest: readonly string[]) => Form | undefined} */
function formOf({ forms }, rest) {
  const named = forms.find(({ words }) => words?.split(" ").every((word, i) => rest[i] === word));
  const chosen = forms.find(
    ({ when }) =>
      when !== undefined && rest.some((word) => word === `--${when}` || word.startsWith(`--${when}=`)),
  );
  return named ?? chosen ?? forms.find(({ words, when }) => words === undefined && when === undefined);
}

/** @type {(name: string) => string} */
function unknownCommand(name) {
  if (name.startsWith("-")) return `a command comes first; '${name}' is none`;
  const names = commands.flatMap((command) => command.name);
  // Somebody who types `wattward list` knows what they want, and not under which command it is.
  const under = commands.find(({ forms }) => forms.some(({ words }) => words?.split(" ")[0] === name));
  const near = nearest(name, names) ?? under?.name;
  return `there is no command '${name}'${near === undefined ? "" : `; the nearest is '${near}'`}`;
}

/** @type {(command: Command, rest: readonly string[]) => string} */
function unknownWord({ name, forms }, rest) {
  const words = forms.flatMap((form) => (form.words === undefined ? [] : [form.words]));
  const typed = rest.slice(0, 2).filter((word) => !word.startsWith("-"));
  const [first] = typed;
  const longer = words.filter((known) => first !== undefined && known.startsWith(`${first} `));
  const list = (longer.length > 0 ? longer : words).map((word) => `'${name} ${word}'`);
  const choice = `${list.slice(0, -1).join(", ")}${list.length > 1 ? " or " : ""}${list.at(-1)}`;
  if (first === undefined) return `say what: ${choice}`;
  if (longer.length > 0 && typed.length === 1) return `'${name} ${first}' of what? ${choice}`;
  const near = nearest(typed.join(" "), words) ?? nearest(first, words);
  return `there is no '${name} ${typed.slice(0, longer.length > 0 ? 2 : 1).join(" ")}'; ${near === undefined ? `there is ${choice}` : `the nearest is '${name} ${near}'`}`;
}

/** @type {(command: Command, form: Form, args: readonly string[]) => string | undefined} */
function faultIn(command, form, args) {
  const known = form.options ?? [];
  const options = Object.fromEntries(
    known.map(({ name, value }) => [
      name,
      {
        type: /** @type {"string" | "boolean"} */ (value === undefined ? "boolean" : "string"),
        multiple: true,
      },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: args.filter((arg, i) => !leftOut(known, arg, args[i + 1]) && !negative(known, args[i - 1], arg)),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = known.find(({ name }) => name === token.name && token.rawName === `--${name}`);
    if (option === undefined) return unknownOption(command, form, token.rawName);
    if (option.value === undefined && token.value !== undefined) return `--${option.name} takes no value`;
    const none = token.value === undefined || (token.inlineValue === false && token.value.startsWith("-"));
    if (option.value !== undefined && none)
      return `${optionText(option)}: ${option.value} is missing${token.value === undefined ? "" : ` (a value that begins with '-' is written --${option.name}=${token.value})`}`;
    if (option.choices !== undefined && !option.choices.includes(token.value ?? ""))
      return notOf(`--${option.name}`, token.value ?? "", option.choices);
  }
  return wordsFault(form, positionals);
}

/** An option whose value is not there, and need not be. @type {(known: readonly Option[], arg: string, next: string | undefined) => boolean} */
const leftOut = (known, arg, next) =>
  (next === undefined || next.startsWith("-")) &&
  known.some(({ name, usual }) => usual === true && arg === `--${name}`);

/** A number below 0 after such an option is its value, for the program to refuse. @type {(known: readonly Option[], before: string | undefined, arg: string) => boolean} */
const negative = (known, before, arg) =>
  /^-\d/.test(arg) && known.some(({ name, usual }) => usual === true && before === `--${name}`);

/** @type {(command: Command, form: Form, typed: string) => string} */
function unknownOption(command, form, typed) {
  if (/^-\d/.test(typed)) return "a number below zero has no place here";
  const names = (form.options ?? []).map(({ name }) => name);
  const near = nearest(typed.replace(/^-+/, ""), names);
  if (near !== undefined) return `there is no option '${typed}'; the nearest is '--${near}'`;
  const elsewhere = command.forms.find(({ options }) => options?.some(({ name }) => `--${name}` === typed));
  return `there is no option '${typed}'${elsewhere === undefined ? "" : ` here; it belongs to 'wattward ${lead(command, elsewhere)}'`}`;
}

/** @type {(form: Form, typed: readonly string[]) => string | undefined} */
function wordsFault({ arguments: all = [] }, typed) {
  // `[SITE] FILE`: with one word too few it is the first that was left out.
  const leads = all[0]?.optional === true && all.at(-1)?.optional !== true && typed.length < all.length;
  const known = leads ? all.slice(1) : all;
  const missing = known.find(({ optional }, i) => optional !== true && typed[i] === undefined);
  if (missing !== undefined) return `${missing.name} is missing`;
  for (const [i, word] of typed.entries()) {
    const argument = known[i] ?? (known.at(-1)?.many === true ? known.at(-1) : undefined);
    if (argument === undefined) return `'${word}' is one word too many`;
    if (argument.choices !== undefined && !argument.choices.includes(word))
      return notOf(argument.name, word, argument.choices);
  }
  return undefined;
}

/** @type {(name: string, typed: string, choices: readonly string[]) => string} */
function notOf(name, typed, choices) {
  const near = nearest(typed, choices);
  return `${name} is one of ${choices.join(", ")}, not '${typed}'${near === undefined ? "" : `; the nearest is '${near}'`}`;
}
