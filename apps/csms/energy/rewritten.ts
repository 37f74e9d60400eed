/** A document with another value in it, all else as its author wrote it. */
import { parseWritten } from "@wattward/energy/document";
import { isAlias, type Node } from "yaml";

/** The same document with another value at a path that it has; comments stay. To be called on what was read without a fault. */
export function rewritten(text: string, keys: readonly string[], value: string): string {
  const document = parseWritten(text);
  for (const depth of keys.keys()) {
    // What stands for another part cannot differ from it: it gets a text of its own.
    const path = keys.slice(0, depth);
    const part = document.getIn(path, true);
    if (!isAlias(part)) continue;
    const own = part.resolve(document)?.clone() as Node | undefined;
    if (own !== undefined && !isAlias(own)) delete own.anchor;
    document.setIn(path, own);
  }
  document.setIn(keys, value);
  // Its aliases were counted when it was read.
  return text.trimStart().startsWith("{")
    ? `${JSON.stringify(document.toJS({ maxAliasCount: -1 }), null, 2)}\n`
    : document.toString({ lineWidth: 0 });
}
