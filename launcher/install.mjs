// @ts-check
/**
 * What npm has to bring before anything of ours can run; once, and by one process at a time: `npm ci` begins by removing what is there,
 * under the feet of whoever was faster.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LOOKS_EVERY_MS = 200;

/** npm records what it installed in `node_modules/.package-lock.json`: older than the lock file means stale. */
/** @type {(root: string) => boolean} */
function isInstalled(root) {
  const done = join(root, "node_modules", ".package-lock.json");
  return existsSync(done) && statSync(done).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

/**
 * Installs what is missing, or waits until another process of this machine has. Ends the process with 1 where npm fails.
 * @type {(root: string) => void}
 */
export function installIfNeeded(root) {
  if (isInstalled(root)) return;
  const lock = join(root, ".installing");
  let told = false;
  while (!takes(lock)) {
    if (!told)
      process.stderr.write(
        `Another Wattward installs here; waiting until it has (${lock} names its process) …\n`,
      );
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOKS_EVERY_MS);
  }
  process.once("exit", () => rmSync(lock, { force: true }));
  if (!isInstalled(root)) npmCi(root);
  rmSync(lock, { force: true });
}

/** @type {(root: string) => void} */
function npmCi(root) {
  process.stderr.write("Installing what Wattward needs (npm ci, once, about half a minute) …\n");
  const npm = spawnSync("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status === 0) return;
  process.stderr.write("npm ci failed, see above. Wattward needs the npm registry once, to install.\n");
  process.exit(1);
}

/** A lock whose holder was killed is taken over. @type {(lock: string) => boolean} */
function takes(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  if (!holds(lock)) rmSync(lock, { force: true });
  return false;
}

/** @type {(lock: string) => boolean} */
function holds(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // Just made, and nothing in it yet.
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 10 * LOOKS_EVERY_MS;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
