/**
 * A document as text, YAML or JSON: its value, and the line on which a path of it stands, so that a fault can be shown where it was
 * written.
 *
 *     path   energy.site.fuses[1].ratedMa
 */
import { type DocumentFault, type Fault, failed, ok, type Result } from "@wattward/kernel";
import { parseYaml, readYaml, type YamlFault, type YamlText } from "@wattward/yaml";
import type { Document } from "yaml";
import { DOCUMENT_ALIASES_MAX, DOCUMENT_CHARS_MAX } from "../limits.ts";

/** `line` counts from 1; null where the fault is on none. */
export type WrittenFault = Fault<"too-long" | "unreadable"> & { readonly line: number | null };
/** A fault with its line, and, where it is about a value, with what stands there. */
export type Located = DocumentFault & { readonly line: number | null };
export type Written = {
  readonly value: unknown;
  /** Of what stands there, or else of the nearest thing around it. */
  lineOf(path: string): number | null;
  located(fault: DocumentFault): Located;
};

const SHOWN_CHARS_MAX = 40;
const merges = { merges: true } as const;

/** To write it anew. To be called by itself on what was read without a fault. */
export const parseWritten = (text: string): Document.Parsed => parseYaml(text, merges);

/** The fault is its author's. */
export function readWritten(text: string): Result<Written, WrittenFault> {
  const read = readYaml(text, {
    ...{ charsMax: DOCUMENT_CHARS_MAX, aliasesMax: DOCUMENT_ALIASES_MAX, ...merges },
  });
  if (!read.ok) return failed(told(read.fault[0]!));
  const { value } = read.value;
  if (value === null || value === undefined)
    return failed({ code: "unreadable", sentence: "The document is empty.", line: null });
  return ok(writtenOf(read.value));
}

function writtenOf(text: YamlText): Written {
  const lineOf = (path: string) => text.placeOf(path)?.line ?? null;
  const located = ({ path, sentence }: DocumentFault): Located => {
    const source = path === "" || !/^is (not|no|none) /.test(sentence) ? undefined : text.sourceAt(path);
    const shown = source === undefined ? "" : `, but '${shownOf(source)}'`;
    return { path, sentence: `${sentence}${shown}`, line: lineOf(path) };
  };
  return { value: text.value, lineOf, located };
}

function told({ kind, path, place, sentence }: YamlFault): WrittenFault {
  const line = place?.line ?? null;
  if (kind === "unreadable")
    return {
      code: kind,
      sentence: `The document cannot be read as YAML or JSON: ${path === "" ? "it" : path} ${sentence}.`,
      line,
    };
  const code = kind === "too-long" ? kind : "unreadable";
  return { code, sentence: `The document ${sentence}.`, line };
}

/** On one line, and nothing that moves a terminal's cursor. */
const shownOf = (source: string): string => {
  const plain = source.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
  return plain.length > SHOWN_CHARS_MAX ? `${plain.slice(0, SHOWN_CHARS_MAX)}…` : plain;
};
