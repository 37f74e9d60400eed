/**
 * A machine of a document's own: mount, network and process namespaces in which its commands run as they are typed, with
 * its ports, its `/etc`, `/var/lib` and `/opt/wattward`; nothing on the real machine sees it, and it ends with the file's tests.
 *
 * Only `npx wattward` is shortened to what it starts (README's own test runs the real one), and `sudo` is nobody else.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { eventually } from "./workplace.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const BLOCK_MS_MAX = 60_000;
const own = ["unshare", "-m", "-n", "-p", "-f", "--kill-child", "--mount-proc"] as const;

/** Why there can be none here; false where there can. */
export function machineMissing(): false | string {
  if (process.getuid?.() !== 0) return "a machine of its own takes root";
  const [command, ...words] = own;
  const made = spawnSync(command, [...words, "sh", "-c", "ip link set lo up && mount -t tmpfs tmpfs /opt"]);
  return made.status === 0 ? false : "no namespaces may be made here, or iproute2 is not installed";
}

export type Block = { readonly language: string; readonly text: string };

/** The fenced blocks of a document, in order. */
export const blocksOf = (path: string): Block[] =>
  [...readFileSync(join(root, path), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", text = ""]) => ({ language, text }),
  );

/** Numbers, dates and keys are another day's. */
export const timeless = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{32,}\b/g, "HEX").replaceAll(/\d+/g, "N");

export class Machine {
  private readonly shell: ChildProcess;
  private readonly folder: string;
  private blocks = 0;

  private constructor(folder: string) {
    this.folder = folder;
    const [command, ...words] = own;
    this.shell = spawn(command, [...words, "bash"], { cwd: folder, stdio: ["pipe", "ignore", "inherit"] });
    after(() => this.shell.kill("SIGKILL"));
  }

  /** `folder` holds what is written there. Commands run in `/opt/wattward`, which is this repository. */
  static async in(folder: string): Promise<Machine> {
    const machine = new Machine(folder);
    for (const name of ["etc", "opt/wattward", "lib", "backups", "blocks"])
      mkdirSync(join(folder, name), { recursive: true });
    const entries = readdirSync(root).filter((name) => name !== ".wattward");
    const binds = entries.map((name) => {
      const at = join(folder, "opt/wattward", name);
      if (statSync(join(root, name)).isDirectory()) mkdirSync(at);
      else writeFileSync(at, "");
      return `mount --bind '${join(root, name)}' '${at}'`;
    });
    const { output } = await machine.run(
      `set -e; chmod 755 . opt opt/wattward; ip link set lo up; cp -a /etc/. etc; ${binds.join("; ")}
       mount --rbind opt /opt; mount --bind etc /etc; mount --bind lib /var/lib; mount --bind backups /var/backups
       cd /opt/wattward; set +e; umask 022; PATH="${dirname(process.execPath)}:$PATH"; hash -r
       sudo() { "$@"; }; npx() { shift; node launcher/wattward.mjs "$@"; }`,
    );
    if (output.trim() !== "") throw new Error(output);
    return machine;
  }

  /** Runs a block in the one shell: all that a terminal would show, and the commands of it that failed. */
  async run(text: string): Promise<{ output: string; failed: string[] }> {
    const at = join(this.folder, "blocks", String(this.blocks++));
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(`${at}.sh`, text);
    writeFileSync(`${at}.out`, "");
    const note = `echo "@@ failed $BASH_COMMAND"`;
    const line = `trap '${note}' ERR; . '${at}.sh' > '${at}.out' 2>&1 < /dev/null; printf '\\n@@ done\\n' >> '${at}.out'\n`;
    this.shell.stdin?.write(line);
    const said = await eventually(
      `the block ended: ${text}\n`,
      () => {
        const out = readFileSync(`${at}.out`, "utf8");
        return /^@@ done$/m.test(out) && out;
      },
      BLOCK_MS_MAX,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${readFileSync(`${at}.out`, "utf8")}`);
    });
    const failed = [...said.matchAll(/^@@ failed (.*)$/gm)].map(([, what = ""]) => what);
    return { output: said.replaceAll(/^@@ .*\n?/gm, ""), failed };
  }
}
