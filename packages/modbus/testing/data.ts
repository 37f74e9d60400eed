/** Real captures and definitions, which are not part of the project: `WATTWARD_DATA`, else beside the repository. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..", "..");

/** A folder of the data, or the sentence a test is skipped with. */
export function dataFolder(name: string): { readonly path: string; readonly skip: string | false } {
  const path = join(resolve(root, process.env["WATTWARD_DATA"] ?? "../shared/data"), name);
  return {
    path,
    skip: existsSync(path) ? false : `no ${path}: set WATTWARD_DATA to the folder of test data`,
  };
}
