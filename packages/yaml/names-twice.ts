/** Names that one object has more than once. The library looks for them too, comparing each with all before it: of a long list of names that is minutes. */
import { type Document, isScalar, visit } from "yaml";

/** Where each stands for the second time, and the third; at most `most` of them, in the order of the text. */
export function namesTwiceAt(document: Document, most: number): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_key, { items }) {
      const names = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (names.has(key.value)) offsets.push(key.range?.[0] ?? 0);
        names.add(key.value);
      }
    },
  });
  return offsets.sort((a, b) => a - b).slice(0, most);
}
