/** A policy as YAML, for people: short things on one line, and a word at the top on how to go on. `readPolicy` reads it back as it was. */
import { Document, isCollection, visit } from "yaml";
import type { Policy } from "./policy.ts";

/** So wide a thing stands on one line. */
const LINE_CHARS_MAX = 110;

/** `comment`: lines at the top; what it is, and how to go on. */
export function writePolicy(policy: Policy, comment?: string): string {
  const document = new Document(policy, { aliasDuplicateObjects: false });
  if (comment !== undefined) document.commentBefore = comment.replaceAll(/^/gm, " ");
  visit(document, {
    Collection(_, node, path) {
      // The lists of the policy itself stay lists, however short.
      if (path.length < 3) return undefined;
      if (!isCollection(node) || JSON.stringify(node.toJS(document)).length > LINE_CHARS_MAX)
        return undefined;
      node.flow = true;
      return visit.SKIP;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
