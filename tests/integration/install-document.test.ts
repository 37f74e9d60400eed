/**
 * docs/install.md and docs/systemd/ are true: its blocks run in order, as root types them, on a machine of their own; a unit
 * is started as systemd would (rig/systemd.sh), and systemd itself finds nothing wrong with any. `npm ci` and `npx wattward build` are
 * README's to prove; the second machine's block runs on the first one, in folders and on ports of its own.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { blocksOf, Machine, machineMissing, timeless } from "./rig/machine.ts";
import { workplace } from "./rig/workplace.ts";

const PATH = "docs/install.md";
const [postgres] = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
const has = (program: string) =>
  spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin command -v ${program}`]).status === 0;
const absent = ["nats-server", "systemd-analyze", "systemd-sysusers", "curl"].filter((name) => !has(name));
const skip =
  machineMissing() ||
  (postgres === undefined && "PostgreSQL is not installed: apt-get install postgresql") ||
  (absent.length > 0 && `not installed: ${absent.join(", ")}`);
const out = workplace("install-document");

/** Debian has both servers running once their packages are installed; names are in DNS. */
const servers = `
  . tests/integration/rig/systemd.sh
  install -d -m 700 -o postgres /var/lib/postgresql
  pg() { sudo -u postgres ${postgres}/"$@"; }
  pg initdb -D /var/lib/postgresql/data --auth-local=trust --auth-host=scram-sha-256 --no-sync > /dev/null
  pg postgres -D /var/lib/postgresql/data -k /var/lib/postgresql > /dev/null 2>&1 &
  export PGHOST=/var/lib/postgresql
  PATH=$PATH:/usr/sbin nats-server -a 127.0.0.1 > /dev/null 2>&1 &
  echo "127.0.0.1 csms.wattward.test lyon.lc.wattward.test" >> /etc/hosts
  mkdir -p /etc/sysusers.d /etc/systemd/system
  until pg pg_isready > /dev/null; do sleep 0.1; done
`;

/** The second machine is this one, with other folders and ports. */
const onSecond = (text: string) => {
  const moved = (from: string) =>
    from
      .replaceAll("/var/lib/wattward", "/var/lib/wattward-b")
      .replaceAll("/etc/wattward/", "/etc/wattward-b/")
      .replaceAll(
        "--node b",
        "--node b --port 9543 --http-port 8180 --profile2-port 9545 --profile1-port 9546",
      );
  const units = "/etc/systemd/system/wattward-csms";
  const unit = `sed 's|wattward/csms.env|wattward-b/csms.env|; s|/var/lib/wattward|&-b|; s|^StateDirectory=.*|&-b|' ${units}.service`;
  return `mkdir /etc/wattward-b; ${unit} > ${units}-b.service\n${moved(text).replaceAll("wattward-csms", "wattward-csms-b")}`;
};

// Not in a hook: what is registered for the end there is over with the hook.
const machine = skip === false ? await Machine.in(out) : undefined;

async function run(text: string) {
  assert(machine);
  return machine.run(text);
}

test(`the commands of ${PATH} run, and show what it shows`, { skip, timeout: 180_000 }, async () => {
  const begun = await run(servers);
  assert.deepEqual(begun.failed, [], begun.output);
  const blocks = blocksOf(PATH);
  assert(blocks.filter(({ language }) => language === "sh").length >= 9, "the document's blocks were found");
  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== "sh") continue;
    const second = text.startsWith("# on the second machine");
    const { output, failed } = await run(second ? onSecond(text) : text);
    assert.deepEqual(failed, [], `${text}\n${output}`);
    const next = blocks[index + 1];
    const shown = next?.language === "text" ? next.text.trim().split("\n") : [];
    for (const line of shown)
      assert(timeless(output).includes(timeless(line)), `${text}\nshows no\n${line}\nbut\n${output}`);
  }
});

test("systemd finds nothing wrong with the units, and little that they could do", {
  skip,
  timeout: 30_000,
}, async () => {
  const units = globSync(join(import.meta.dirname, "../../docs/systemd/*.{service,timer}"));
  assert.equal(units.length, 4);
  const verified = await run("systemd-analyze verify /etc/systemd/system/wattward-*.{service,timer}");
  assert.deepEqual(verified, { output: verified.output, failed: [] });
  assert.doesNotMatch(verified.output, /wattward/, "not a word about ours");
  // Out of 10, where 0 is a service that can do nothing at all; in tenths.
  const judged = await run(
    "systemd-analyze security --offline=true --threshold=25 wattward-csms.service wattward-site.service wattward-backup.service",
  );
  assert.deepEqual(judged.failed, [], judged.output);
});

test("folders and files are as the document's table has them", { skip, timeout: 30_000 }, async () => {
  const { output } = await run(
    `stat -c "%U %a %n" /opt/wattward /etc/wattward/csms.env /etc/wattward/backup.env /var/lib/wattward /var/lib/wattward-site /var/backups/wattward
     find /var/lib/wattward /var/lib/wattward-site /var/backups/wattward ! -type d -perm /077
     find /var/lib/wattward ! -user wattward; find /var/lib/wattward-site ! -user wattward-site; find /var/backups/wattward ! -user wattward`,
  );
  assert.deepEqual(output.trim().split("\n"), [
    "root 755 /opt/wattward",
    "root 600 /etc/wattward/csms.env",
    "root 600 /etc/wattward/backup.env",
    "wattward 700 /var/lib/wattward",
    "wattward-site 700 /var/lib/wattward-site",
    "wattward 700 /var/backups/wattward",
  ]);
});

test("docs/modbus-guard.md: with its drop-in guard and energy controller run as users of their own, and root may little", {
  skip,
  timeout: 60_000,
}, async () => {
  const [block] = blocksOf("docs/modbus-guard.md").filter(({ text }) => text.includes("users.conf"));
  assert(block);
  const dropped = await run(block.text);
  assert.deepEqual(dropped.failed, [], dropped.output);
  const processes = dropped.output.trim().split("\n");
  assert.equal(processes.length, 2, dropped.output);
  // As the document of the site has it, for another reason: at the next start all of it is root's, and what is theirs theirs again.
  const again = await run(`sudo chown -R wattward-site: /var/lib/wattward-site\n${block.text}`);
  assert.deepEqual(again.failed, [], again.output);
  const taken = await run(
    `cd /var/lib/wattward-site
     find guard/state ! -user wattward-guard; find energy/state energy/energy ! -type l ! -user wattward-energy
     find . -path ./guard -prune -o -path ./energy -prune -o ! -user root -print`,
  );
  assert.equal(taken.output.trim(), "");
  const judged = await run(
    `systemd-analyze verify /etc/systemd/system/wattward-site.service
     systemd-analyze security --offline=true --threshold=32 wattward-site.service`,
  );
  assert.deepEqual(judged.failed, [], judged.output);
  const looked = await run(
    `grep -h CapEff "/proc/$(cat /etc/systemd/wattward-site.pid)/status"
     cd /var/lib/wattward-site; stat -c "%n %U %a" guard/state energy/state identity/link-key.pem`,
  );
  // CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID.
  const expected = [
    "CapEff:\t00000000000000eb",
    "guard/state wattward-guard 711",
    "energy/state wattward-energy 711",
    "identity/link-key.pem root 600",
  ];
  assert.deepEqual(looked.output.trim().split("\n"), expected);
});
