/**
 * The table of commands: what a person types, the program that serves it, and the line of help they read.
 * Plain JavaScript, because it is read before Node 24 is known to be there.
 */
/** @type {Record<string, { entry: string, help: string }>} */
export const commands = {
  demo: { entry: "demo/main.ts", help: "a whole site at work: csms, site, eight simulated stations" },
  build: { entry: "apps/console/build.ts", help: "the console's pages, for the central system to serve" },
  csms: { entry: "apps/csms/main.ts", help: "the central system: --data DIR --port N --http-port N" },
  site: { entry: "apps/site/main.ts", help: "a site controller: --data DIR --csms URL" },
  simulator: { entry: "apps/simulator/main.ts", help: "simulated stations and cars" },
  station: { entry: "apps/csms/cli/station.ts", help: "the inventory: station add ID [--site SITE]" },
  card: { entry: "apps/csms/cli/card.ts", help: "who may charge: card add TOKEN, card block TOKEN" },
  invite: { entry: "apps/csms/cli/invite.ts", help: "a new one-time sign-in link: invite [--data DIR]" },
  token: {
    entry: "apps/csms/cli/token.ts",
    help: "an API token for a script, shown once: token NAME [--days N] [--data DIR]",
  },
  setting: {
    entry: "apps/csms/cli/setting.ts",
    help: "what an operator may tune: setting, setting NAME VALUE",
  },
  backup: {
    entry: "apps/csms/cli/backup.ts",
    help: "one encrypted file of all that must not be lost: backup --out FILE, backup --verify FILE",
  },
  restore: {
    entry: "apps/csms/cli/restore.ts",
    help: "a central system out of a backup: restore --in FILE --data DIR [--database URL]",
  },
  pki: {
    entry: "apps/csms/cli/pki.ts",
    help: "certificates: pki sign --csr FILE, pki issue station|site ID --out DIR, pki deny FILE",
  },
  audit: { entry: "demo/audit.ts", help: "audit DIR: compares what a demo sent with what was stored" },
  bench: {
    entry: "bench/main.ts",
    help: "figures, each against a yardstick: bench gateway|site|reconnect|memory|start",
  },
  soak: { entry: "tests/soak/main.ts", help: "the long proofs, for docs/soak.md (.ci/soak)" },
  test: {
    entry: "tests/run.ts",
    help: "types, lint, layers and every test; --fast for those under a minute",
  },
};
