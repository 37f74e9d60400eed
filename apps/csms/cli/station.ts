/**
 * `npx wattward station …`: the inventory from the command line. It writes to the same database as a running csms,
 * which notices within half a second and sends the sites their new bundle.
 */
import { type CommandContext, UsageError } from "./arguments.ts";
import { runProcess } from "./process.ts";
import { acceptStation } from "./station/accept.ts";
import { addStation } from "./station/add.ts";
import { listStations } from "./station/list.ts";

const help = `wattward station: the inventory

  station add ID… [--site SITE]       lets stations connect; at a site, which is made if it is new
          [--serial S]                  CN of its certificate, where it is not the id
          [--route site|direct|either]  how it may connect (site with --site, else direct)
                                        (of a station that is known, what is not said stays as it is)
          [--strict | --tolerant]       refuses what breaks its schema (for a certification), or repairs it (usual)
          [--pin VERSION | --unpin]     speaks only OCPP 1.6, 2.0.1 or 2.1 with it, from its next connection on
          [--assume VERSION | --assume-none]  spoken where it names no sub-protocol, instead of closing
          [--ping | --no-ping]          pings it (usual), or never
          [--security-profile 1|2 --until DATE]  may come with a password until then, which is printed once; another
                                        one ends the first. --security-profile 3 ends it early
  station accept ID…                  lets in a station that came by itself with a certificate of ours (pending)
  station list [--site SITE] [--json] what is in the inventory, and what is connected

  --data DIR   the central system's data folder (WATTWARD_DATA_DIR, else .wattward/csms)

The station's certificate: wattward pki sign --csr FILE, or pki issue station ID --out DIR.
`;

const words: Record<string, (args: readonly string[], context: CommandContext) => Promise<void>> = {
  accept: acceptStation,
  add: addStation,
  list: listStations,
};

async function run(args: readonly string[], context: CommandContext): Promise<void> {
  const [word = ""] = args;
  if (!Object.hasOwn(words, word))
    throw new UsageError(word === "" ? "station what?" : `no command 'station ${word}'`);
  await words[word]?.(args.slice(1), context);
}

await runProcess({ help, run });
