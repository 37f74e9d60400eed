// @ts-check
/**
 * `npx wattward completion bash|zsh|fish`: a script for the shell, made from the table of commands. Each function asks where
 * the cursor is (which form, after which option) and offers what may stand there; it starts no program.
 */
import { commands, formName } from "./commands.mjs";

/** @typedef {import("./table/words.mjs").Form} Form */
/** @typedef {{ readonly choices?: readonly string[], readonly takes?: "file" | "folder" }} Wanted */

/** @typedef {{ readonly name: string, readonly next: readonly string[], readonly options: readonly import("./table/words.mjs").Option[], readonly words: readonly Wanted[] }} Place a form, or the beginning of longer ones */

/** Every place one may be in, by the words before it: "", "pki", "pki issue", "pki issue station". */
function places() {
  /** @type {Map<string, { next: Set<string>, options: Map<string, import("./table/words.mjs").Option>, words: Wanted[] }>} */
  const found = new Map();
  const place = (/** @type {string} */ name) => {
    const known = found.get(name) ?? {
      next: new Set(),
      options: new Map(),
      words: /** @type {Wanted[]} */ ([]),
    };
    found.set(name, known);
    return known;
  };
  for (const command of commands) {
    place("").next.add(command.name);
    for (const form of command.forms) {
      const words = formName(command, form).split(" ");
      for (let i = 1; i < words.length; i++) place(words.slice(0, i).join(" ")).next.add(words[i] ?? "");
      const here = place(words.join(" "));
      for (const option of form.options ?? []) here.options.set(option.name, option);
      here.words.push(...(form.arguments ?? []));
    }
  }
  place("").next.add("help");
  return [...found].map(([name, { next, options, words }]) => ({
    name,
    next: [...next],
    options: [...options.values()],
    words,
  }));
}

/** What a value is completed from, in bash's words. @type {(wanted: Wanted) => string | undefined} */
function bashWanted({ choices, takes }) {
  if (choices !== undefined) return `COMPREPLY=($(compgen -W '${choices.join(" ")}' -- "$cur"))`;
  if (takes === "folder") return `COMPREPLY=($(compgen -d -- "$cur"))`;
  return takes === "file" ? `COMPREPLY=($(compgen -f -- "$cur"))` : undefined;
}

function bash() {
  const forms = places().map(({ name, next, options, words }) => {
    const all = [
      ...next,
      ...words.flatMap(({ choices = [] }) => choices),
      ...options.map((o) => `--${o.name}`),
      "--help",
    ];
    const files = words.find(({ takes }) => takes !== undefined)?.takes;
    const more =
      files === undefined ? "" : ` COMPREPLY+=($(compgen -${files === "file" ? "f" : "d"} -- "$cur"))`;
    return `    '${name}') COMPREPLY=($(compgen -W '${all.join(" ")}' -- "$cur"));${more} ;;`;
  });
  return `# bash completion for wattward: source <(npx wattward completion bash)
_wattward() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" place='' word i from=1
  COMPREPLY=()
  [[ \${COMP_WORDS[0]##*/} == npx ]] && from=2
${walk({ words: "COMP_WORDS", cursor: "COMP_CWORD", completed: (option) => bashWanted(option) ?? "COMPREPLY=()", forms })}}
_wattward_npx() {
  [[ \${COMP_WORDS[1]} == wattward && $COMP_CWORD -ge 2 ]] && _wattward
}
complete -o filenames -F _wattward wattward
complete -o default -o bashdefault -F _wattward_npx npx
`;
}

/** From one place to the next, in the words of bash and zsh. @type {(indent: string) => string} */
function nextCases(indent) {
  return places()
    .filter(({ name }) => name !== "")
    .map(({ name }) => {
      const words = name.split(" ");
      return `${indent}'${words.slice(0, -1).join(" ")} ${words.at(-1)}') place='${name}' ;;`;
    })
    .join("\n");
}

/**
 * What bash and zsh read alike: from word to word to the place of the cursor, then the value of the option before it,
 * else the words of that place. `words` is the shell's array, `cursor` its index in it.
 *
 * @param {{ words: string, cursor: string, completed: (wanted: Wanted) => string, forms: readonly string[] }} of
 */
function walk({ words, cursor, completed, forms }) {
  const values = places().flatMap(({ name, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .map((option) => `    '${name} --${option.name}') ${completed(option)}; return ;;`),
  );
  return `  for ((i = from; i < ${cursor}; i++)); do
    word="\${${words}[i]}"
    [[ $word == help && -z $place ]] && continue
    case "$place $word" in
${nextCases("      ")}
    esac
  done
  case "$place \${${words}[${cursor}-1]}" in
${values.join("\n")}
  esac
  case "$place" in
${forms.join("\n")}
  esac
`;
}

/** @type {(text: string) => string} */
const zshQuoted = (text) =>
  text.replaceAll("'", "'\\''").replaceAll(":", "\\:").replaceAll("[", "\\[").replaceAll("]", "\\]");

/** @type {(wanted: Wanted) => string} */
function zshWanted({ choices, takes }) {
  if (choices !== undefined) return `compadd -- ${choices.join(" ")}`;
  if (takes === "folder") return "_files -/";
  return takes === "file" ? "_files" : "_message 'value'";
}

function zsh() {
  const sentences = new Map(commands.map(({ name, sentence }) => [name, sentence]));
  const forms = places().map(({ name, next, options, words }) => {
    const all = [
      ...next.map((word) => [word, name === "" ? (sentences.get(word) ?? "") : ""]),
      ...words.flatMap(({ choices = [] }) => choices.map((choice) => [choice, ""])),
      ...options.map((option) => [`--${option.name}`, option.sentence]),
      ["--help", "says more"],
    ].map(([word = "", sentence = ""]) => `'${word}${sentence === "" ? "" : `:${zshQuoted(sentence)}`}'`);
    const files = words.find(({ takes }) => takes !== undefined)?.takes;
    const more = files === undefined ? "" : `; _files${files === "folder" ? " -/" : ""}`;
    return `    '${name}') found=(${all.join(" ")}); _describe wattward found${more} ;;`;
  });
  return `#compdef wattward
# zsh completion for wattward: source <(npx wattward completion zsh), after compinit
_wattward() {
  local place='' word i from=2
  local -a found
  [[ \${words[1]:t} == npx ]] && from=3
${walk({ words: "words", cursor: "CURRENT", completed: zshWanted, forms })}}
_wattward_npx() {
  if [[ \${words[2]} == wattward ]] && ((CURRENT > 2)); then _wattward; else _files; fi
}
compdef _wattward wattward
compdef _wattward_npx npx
`;
}

/** @type {(text: string) => string} */
const fishQuoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** @type {(wanted: Wanted) => string} */
function fishWanted({ choices, takes }) {
  if (choices !== undefined) return `-xa ${fishQuoted(choices.join(" "))}`;
  if (takes === "folder") return "-xa '(__fish_complete_directories)'";
  return takes === "file" ? "-rF" : "-x";
}

function fish() {
  const sentences = new Map(commands.map(({ name, sentence }) => [name, sentence]));
  const lines = places().flatMap(({ name, next, options, words }) => {
    const here = `complete -c wattward -n ${fishQuoted(`__wattward_at '${name}'`)}`;
    const wanted = words.find(({ choices, takes }) => choices !== undefined || takes !== undefined);
    return [
      ...next.map((word) => {
        const sentence = name === "" ? sentences.get(word) : undefined;
        return `${here} -a ${word}${sentence === undefined ? "" : ` -d ${fishQuoted(sentence)}`}`;
      }),
      ...(wanted === undefined
        ? []
        : [`${here} ${wanted.takes === "file" ? "-F" : fishWanted(wanted).replace("-xa", "-a")}`]),
      ...options.map(
        (option) =>
          `${here} -l ${option.name}${option.value === undefined ? "" : ` ${fishWanted(option)}`} -d ${fishQuoted(option.sentence)}`,
      ),
    ];
  });
  return `# fish completion for wattward: npx wattward completion fish > ~/.config/fish/completions/wattward.fish
function __wattward_at --argument-names wanted
    set -l place ''
    for word in (commandline -opc)[2..-1]
        contains -- $word wattward help; and test -z "$place"; and continue
        switch "$place $word"
${nextCases("            ").replaceAll(
  /^( *)('[^']*')\) place=('[^']*') ;;$/gm,
  "$1case $2\n$1    set place $3",
)}
        end
    end
    test "$place" = "$wanted"
end
complete -c wattward -f
complete -c wattward -l help -d 'says more'
${lines.join("\n")}
complete -c npx -n 'contains -- wattward (commandline -opc)' -w wattward
`;
}

const shells = { bash, zsh, fish };

/** The script for that shell. @type {(shell: "bash" | "zsh" | "fish") => string} */
export const completionOf = (shell) => shells[shell]();
