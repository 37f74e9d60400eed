// @ts-check
/** docs/commands.md, from the table. `node launcher/commands-page.mjs` writes it; a test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { groups } from "./commands.mjs";
import { blocks, lead, optionSentence, optionText, synopsis } from "./help.mjs";

/** @type {string} */
export const pagePath = fileURLToPath(new URL("../docs/commands.md", import.meta.url));

/** @type {(text: string) => string} */
const cell = (text) => text.replaceAll("|", "\\|");

/** @type {(command: import("./table/words.mjs").Command) => string} */
function section(command) {
  const forms = command.forms.map(
    (form) => `- \`npx wattward ${synopsis(command, form)}\`: ${form.sentence}\n`,
  );
  const tables = blocks(command.forms).map(({ options, of }) => {
    const rows = options.map(
      (option) => `| \`${cell(optionText(option))}\` | ${cell(optionSentence(option))} |\n`,
    );
    const whose = of.map((form) => lead(command, form)).join(", ");
    return `\n| ${command.forms.length > 1 ? whose : "option"} | |\n|---|---|\n${rows.join("")}`;
  });
  const told = [...(command.notes ?? []), ...command.forms.flatMap((form) => form.notes ?? [])];
  const notes = told.map((note) => `\n${note}\n`).join("");
  const examples = (command.examples ?? []).map((example) => `npx wattward ${example}\n`).join("");
  const shown = examples === "" ? "" : `\n\`\`\`sh\n${examples}\`\`\`\n`;
  const pages = [...new Set([command, ...command.forms].flatMap((one) => one.docs ?? []))];
  const links = pages.map((page) => `[${page}](${fromDocs(page)})`).join(", ");
  const docs = links === "" ? "" : `\nMore: ${links}\n`;
  return `### ${command.name}\n\n${command.sentence[0]?.toUpperCase()}${command.sentence.slice(1)}.\n\n${forms.join("")}${tables.join("")}${notes}${shown}${docs}`;
}

/** @type {(path: string) => string} */
const fromDocs = (path) => (path.startsWith("docs/") ? path.slice("docs/".length) : `../${path}`);

/** The whole page. */
export function commandsPage() {
  const contents = groups.map(
    ({ title, commands }) =>
      `| ${title} | ${commands.map(({ name }) => `[\`${name}\`](#${name})`).join(", ")} |\n`,
  );
  return `# Commands

What \`npx wattward --help\` and \`npx wattward COMMAND --help\` say, on one page. It is made from the table that they are made
from (\`launcher/commands.mjs\`); a test holds that table against what each program reads.

| to | |
|---|---|
${contents.join("")}
## What holds for all of them

- **Exit codes:** 0 done; 1 could not, and a sentence on standard error says what is wrong, where, and what to do; 2 wrong usage
  (the command line, or a scenario that is not right), and nothing was begun. A stack trace is a fault of ours.
- **\`--json\`:** one JSON value on standard output, and nothing else there. Where a command could not, standard output stays
  empty: its exit code says so, and the sentence stands on standard error. What a check, a commissioning or \`site verify\` found is
  its answer, also with 1. \`audit\` and \`bench\` print JSON always.
- **Progress** of long work goes to standard error; so do the logs of the programs that run until they are stopped.
- **Unknown** commands and options are refused with the nearest one that there is, before anything starts.
- **Ctrl-C** ends in order; twice, at once.
- **Completion:** \`source <(npx wattward completion bash)\`, or [zsh and fish](#completion).

${groups.map(({ title, commands }) => `## ${title}\n\n${commands.map(section).join("\n")}`).join("\n")}`;
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  writeFileSync(pagePath, commandsPage());
  process.stdout.write(
    `${join("docs", "commands.md")}: ${readFileSync(pagePath, "utf8").split("\n").length} lines\n`,
  );
}
