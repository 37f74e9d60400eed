// @ts-check
/** What `--help` says, of the whole and of each command, from the table. Lines are at most 110 characters. */
import { formName, groups } from "./commands.mjs";

/** @typedef {import("./table/words.mjs").Command} Command */
/** @typedef {import("./table/words.mjs").Form} Form */
/** @typedef {import("./table/words.mjs").Option} Option */

const WIDTH = 110;

/** One learns the system from it: what there is, in the order of use; how to begin; where more is said. */
export function wholeHelp() {
  const parts = groups.map(
    ({ title, commands }) =>
      `${title}\n${commands.map(({ name, sentence }) => row(name, sentence, 13)).join("")}`,
  );
  return `wattward: runs an EV charging fleet, its sites' energy, and keeps both safe

${parts.join("\n")}
First steps
${row("npx wattward demo", "everything at once, on this machine; Ctrl-C ends it", 40)}${row("npx wattward build", "once: the console's pages", 40)}${row("npx wattward csms", "a central system of your own; it prints a link for you", 40)}${row("npx wattward station add CP-1", "in a second terminal: this station may connect", 40)}${row("npx wattward card add 04A1B2C3D4E580", "and this card may charge", 40)}
npx wattward COMMAND --help says more of each. Exit codes: 0 done, 1 could not, 2 wrong usage.
Documents: README.md (begin there), docs/commands.md (all of this on one page), docs/ (each part), ARCHITECTURE.md.
`;
}

/**
 * Of a command; or of one of its forms alone.
 * @type {(command: Command, only?: Form) => string}
 */
export function commandHelp(command, only) {
  const forms = only === undefined ? command.forms : [only];
  const title = only === undefined ? command.name : formName(command, only);
  const listed = forms.map((form) => `${usage(command, form)}\n${wrapped(form.sentence, 6)}`).join("");
  const options = blocks(forms).map(({ options, of }) => {
    const heading =
      forms.length > 1 ? `Options of ${of.map((form) => lead(command, form)).join(" and ")}` : "Options";
    return `\n${heading}\n${options.map(optionRow).join("")}`;
  });
  const notes = (only?.notes ?? command.notes ?? []).map((note) => `\n${wrapped(note, 0)}`);
  const examples = (command.examples ?? [])
    .filter((example) => only === undefined || example.startsWith(title))
    .map((example) => `  npx wattward ${example}\n`);
  const docs = only?.docs ?? command.docs;
  return [
    `wattward ${title}: ${only === undefined ? command.sentence : only.sentence}\n\n`,
    `Usage\n${listed}`,
    ...options,
    ...notes,
    ...(examples.length === 0 ? [] : [`\nExamples\n${examples.join("")}`]),
    `\nExit codes: 0 done, 1 could not, 2 wrong usage.${docs === undefined ? "" : ` More: ${docs}`}\n`,
  ].join("");
}

/**
 * Forms that share one list of options are told once.
 * @type {(forms: readonly Form[]) => { options: readonly Option[], of: Form[] }[]}
 */
export function blocks(forms) {
  /** @type {Map<readonly Option[], Form[]>} */
  const found = new Map();
  for (const form of forms) {
    if (form.options === undefined) continue;
    const of = found.get(form.options);
    if (of === undefined) found.set(form.options, [form]);
    else of.push(form);
  }
  return [...found].map(([options, of]) => ({ options, of }));
}

/** `  npx wattward card add TOKEN… [options]`. @type {(command: Command, form: Form) => string} */
export const usage = (command, form) => `  npx wattward ${synopsis(command, form)}`;

/** @type {(command: Command, form: Form) => string} */
export function synopsis(command, form) {
  const words = (form.arguments ?? []).map(({ name, optional, many }) => {
    const word = many === true ? `${name}…` : name;
    return optional === true ? `[${word}]` : word;
  });
  return [lead(command, form), ...words, ...((form.options ?? []).length > 0 ? ["[options]"] : [])].join(" ");
}

/** @type {(command: Command, form: Form) => string} */
export function lead(command, form) {
  const when = form.options?.find(({ name }) => name === form.when);
  return when === undefined ? formName(command, form) : `${command.name} ${optionText(when)}`;
}

/** `--site SITE`, `--kill-ems [S]`. @type {(option: Option) => string} */
export const optionText = ({ name, value, usual }) =>
  value === undefined ? `--${name}` : `--${name} ${usual === true ? `[${value}]` : value}`;

/** @type {(option: Option) => string} */
export const optionSentence = ({ sentence, many }) => (many === true ? `${sentence} (repeatable)` : sentence);

/** @type {(option: Option) => string} */
const optionRow = (option) => row(optionText(option), optionSentence(option), 24);

/** @type {(name: string, sentence: string, width: number) => string} */
function row(name, sentence, width) {
  const lines = wrapped(sentence, width + 2).trimStart();
  return name.length < width
    ? `  ${name.padEnd(width)}${lines}`
    : `  ${name}\n${" ".repeat(width + 2)}${lines}`;
}

/** @type {(text: string, indent: number) => string} */
function wrapped(text, indent) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1] ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (indent + line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${" ".repeat(indent)}${line}\n`).join("");
}
