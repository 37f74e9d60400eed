/** `pki issue site SITE --out DIR`: everything a site proves itself with, as the data folder of its controller. */

import type { Result } from "@wattward/kernel";
import { siteId } from "@wattward/kernel";
import {
  type Authorities,
  type Issued,
  type IssueFault,
  issueServer,
  issueSite,
  profiles,
} from "@wattward/pki";
import {
  type KeyedChain,
  newKey,
  publicHalf,
  refuseTaken,
  siteIdentityFolder,
  writeSiteIdentity,
} from "@wattward/pki/files";
import {
  type CommandContext,
  CommandError,
  jsonOption,
  readArguments,
  readNumber,
  readWords,
  required,
  tell,
} from "../arguments.ts";
import { chance, clock, openAuthorities, until } from "./authority-folder.ts";

const options = {
  out: { type: "string" },
  data: { type: "string" },
  days: { type: "string" },
  ...jsonOption,
} as const;

export async function issueSiteFolder(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  const [word] = readWords(positionals, "the site's id");
  const site = siteId(word);
  if (!site.ok) throw new CommandError(site.fault.sentence);
  const folder = required("--out DIR", values.out);
  // One end for all three: a site cannot yet renew its own, and a server that ends first would stop its stations.
  const days =
    readNumber("--days", values.days, { min: 1, max: profiles.site.daysMax }) ?? profiles.site.days;

  await refuseTaken(siteIdentityFolder(folder));
  const { authorities } = await openAuthorities(values.data, context);
  const ports = { clock, chance };
  const link = await keyed("ec-p256", (publicKey) =>
    issueSite(authorities, { site: site.value, publicKey, days }, ports),
  );
  const server = (kind: "ec-p256" | "rsa-3072") =>
    keyed(kind, (publicKey) =>
      issueServer(authorities, { names: [hostName(site.value, authorities)], publicKey, days }, ports),
    );
  const [serverEc, serverRsa] = [await server("ec-p256"), await server("rsa-3072")];
  const rootPem = authorities.root.pem;
  const stationCaPem = authorities.station.pem;
  const { domain } = authorities;
  const content = { site: site.value, domain, link, serverEc, serverRsa, rootPem, stationCaPem };
  await writeSiteIdentity(folder, content, chance);

  const facts = { site: site.value, domain, server: hostName(site.value, authorities), folder };
  const ends = new Date(link.certificate.notAfterMs).toISOString();
  tell(
    context,
    values.json,
    { ...facts, validUntil: ends },
    `Site ${site.value} of ${domain}, in ${siteIdentityFolder(folder)}:
  link-certificate.pem            for its link to the central system, ${until(link.certificate)}
  server-ec.pem, server-rsa.pem   for its stations, as ${hostName(site.value, authorities)}, ${until(serverEc.certificate)}
  root.pem                        the root to trust, for it and its stations; those that verify RSA only have root-rsa.pem
  station-ca.pem                  who issues its stations' certificates
  passphrase                      opens the *-key.pem; who has both is this site

Next:
  bring ${folder} to the site by a trusted way, and delete this copy
  wattward site --data ${folder} --csms wss://csms.${domain}:9443
`,
  );
}

const hostName = (site: string, { domain }: Authorities) => `${site}.lc.${domain}`;

type Kind = Parameters<typeof newKey>[0];

async function keyed(
  kind: Kind,
  issue: (publicKey: Uint8Array) => Promise<Result<Issued, IssueFault>>,
): Promise<KeyedChain & Issued> {
  const key = await newKey(kind);
  const issued = await issue(publicHalf(key));
  if (!issued.ok) throw new CommandError(issued.fault.sentence);
  return { key, ...issued.value };
}
