/** A document with another value in it, all else as its author wrote it. */
import { parseWritten } from "@wattward/energy/document";

/** The same document with another value at a path that it has; comments stay. To be called on what was read without a fault. */
export function rewritten(text: string, keys: readonly string[], value: string): string {
  const document = parseWritten(text);
  document.setIn(keys, value);
  return text.trimStart().startsWith("{")
    ? `${JSON.stringify(document.toJS(), null, 2)}\n`
    : document.toString({ lineWidth: 0 });
}
