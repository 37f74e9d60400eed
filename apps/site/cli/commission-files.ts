/** What a commissioning reads and leaves as files, named by its time: two that end in the same second are numbered. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const COMMISSIONING_FOLDER = "energy/commissioning";

const unreadable = new Map<unknown, string>([
  ["ENOENT", "there is no such file"],
  ["EISDIR", "is a folder; a file is expected"],
  ["EACCES", "this user may not read it"],
]);

/** A file that somebody named cannot be read; the message names it. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

export async function readNamedFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const sentence = unreadable.get((error as { code?: unknown }).code);
    if (sentence === undefined) throw error;
    throw new UnreadableFile(`${path}: ${sentence}`, { cause: error });
  }
}

/** Without a document where there is none to propose. */
export type Left = { readonly report: string; readonly proposal?: string };

/** Before there is anything to lose: that the folder is there, and takes files. */
export async function openFolder(folder: string): Promise<void> {
  const trial = join(folder, ".trial");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(trial, "", { mode: 0o600 });
  await rm(trial);
}

/** The caller is alone in the folder, which is there. */
export async function leave(
  folder: string,
  atWallMs: number,
  texts: { readonly report: string; readonly proposal?: string },
): Promise<Left> {
  const there = new Set(await readdir(folder));
  const time = new Date(atWallMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  let name = time;
  for (let n = 2; there.has(`${name}.report.json`) || there.has(`${name}.document.yaml`); n++)
    name = `${time}-${n}`;
  const put = async (file: string, text: string) => {
    const path = join(folder, file);
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
    return path;
  };
  const report = await put(`${name}.report.json`, `${texts.report}\n`);
  if (texts.proposal === undefined) return { report };
  return { report, proposal: await put(`${name}.document.yaml`, texts.proposal) };
}
