/** `pki issue station ID --out DIR`: key and certificate for a station that cannot make a request itself. */
import { stationId } from "@wattward/kernel";
import { issueStation, profiles } from "@wattward/pki";
import { newKey, publicHalf, refuseTaken, writeStationIdentity } from "@wattward/pki/files";
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
  serial: { type: "string" },
  "plain-key": { type: "boolean", default: false },
  ...jsonOption,
} as const;

export async function issueStationFolder(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  const [word] = readWords(positionals, "the station's id");
  const id = stationId(word);
  if (!id.ok) throw new CommandError(id.fault.sentence);
  const folder = required("--out DIR", values.out);
  const days = readNumber("--days", values.days, { min: 1, max: profiles.station.daysMax });
  const serial = values.serial ?? id.value;
  const plainKey = values["plain-key"];

  await refuseTaken(folder);
  const { authorities } = await openAuthorities(values.data, context);
  const key = await newKey("ec-p256");
  const issued = await issueStation(
    authorities,
    { serial, publicKey: publicHalf(key), days },
    { clock, chance },
  );
  if (!issued.ok) throw new CommandError(issued.fault.sentence);
  const { certificate, chainPem } = issued.value;
  const content = {
    station: id.value,
    serial,
    identity: { chainPem, key },
    rootPem: authorities.root.pem,
    rsaRootPem: authorities.rsa?.root.pem,
    plainKey,
  };
  await writeStationIdentity(folder, content, chance);

  tell(
    context,
    values.json,
    {
      ...{ station: id.value, serial, folder, plainKey },
      validUntil: new Date(certificate.notAfterMs).toISOString(),
    },
    `Station ${id.value} (serial number ${serial}), ${until(certificate)}, in ${folder}:
  certificate.pem  its certificate and the CA's, to present in TLS
  key.pem          its private key, ${plainKey ? "NOT encrypted" : "encrypted with the text in the file passphrase"}
  root.pem         the root to trust
${authorities.rsa ? rsaRoot : noRsaRoot}${plainKey ? plainKeyWarning(folder) : ""}
Next:
  wattward station add ${id.value}${serial === id.value ? "" : ` --serial ${serial}`}, unless the inventory has it
  put the files on the station, and set its URL to wss://HOST:PORT/ocpp/${id.value}
  HOST is its site's controller (SITE.lc.${authorities.domain}), or csms.${authorities.domain} for a station without a site
`,
  );
}

const rsaRoot =
  "  root-rsa.pem     in its place, or beside it, where the station verifies RSA signatures only\n";
const noRsaRoot = `  A station that verifies RSA signatures only cannot be served yet: restart the csms with this version first
`;

const plainKeyWarning = (folder: string) => `
--plain-key: ${folder}/key.pem can be used by anyone who gets the file, and then that is this station. Meant for stations
that cannot open an encrypted key. Bring it over a trusted way, and delete this copy once the station has it.
`;
