/**
 * docs/connect-a-station.md is true: its blocks run in order, as they are typed, on a machine of their own, and show what
 * stands below them. What it calls wrong goes wrong, and nothing else does.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, Machine, machineMissing, timeless } from "./rig/machine.ts";
import { workplace } from "./rig/workplace.ts";

const skip = machineMissing();
const out = workplace("connect-document");
const PATH = "docs/connect-a-station.md";

/** A program that runs until Ctrl-C has a terminal of its own: it is there when it says where it listens. */
function inItsTerminal(text: string): string {
  const data = /--data (\S+)/.exec(text)?.[1] ?? ".wattward/csms";
  const told = `${data}/${/npx wattward (csms|site)/.exec(text)?.[1]}.json`;
  return `( ${text.trim().replace(/\s+#.*$/, "")} ) > /dev/null &\nuntil test -e ${told}; do sleep 0.1; done`;
}

test(`the commands of ${PATH} run, and show what it shows`, { skip, timeout: 180_000 }, async () => {
  const machine = await Machine.in(out);
  const blocks = blocksOf(PATH);
  assert(blocks.filter(({ language }) => language === "sh").length >= 16, "the document's blocks were found");
  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== "sh") continue;
    const serves = /^npx wattward (csms|site) /m.test(text);
    const { output, failed } = await machine.run(serves ? inItsTerminal(text) : text);
    const next = blocks[index + 1];
    const shown = next?.language === "text" ? next.text.trim().split("\n") : [];
    for (const line of shown)
      assert(timeless(output).includes(timeless(line.trim())), `${text}\nshows no\n${line}\nbut\n${output}`);
    // What goes wrong on purpose ends in words that the document shows.
    if (!text.includes("# goes wrong")) assert.deepEqual(failed, [], `${text}\n${output}`);
    else assert(shown.length > 0, `${text} goes wrong, and nothing is shown`);
  }
});
