/**
 * `pki sign --csr FILE`: certificates for those who made their keys themselves. All requests of the file are signed, or
 * none: the first refusal is told and nothing is written.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { type Issued, profiles, type RequestProfile, signCsr, splitRequests } from "@wattward/pki";
import { refuseTaken, writeNewFile } from "@wattward/pki/files";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readNumber,
  readWords,
  required,
  tell,
  UsageError,
} from "../arguments.ts";
import { chance, clock, openAuthorities, until } from "./authority-folder.ts";

const options = {
  csr: { type: "string" },
  out: { type: "string" },
  data: { type: "string" },
  days: { type: "string" },
  as: { type: "string", default: "station" },
  name: { type: "string", multiple: true },
  ...jsonOption,
} as const;

export async function sign(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  readWords(positionals);
  const csrFile = required("--csr FILE", values.csr);
  const days = readNumber("--days", values.days, { min: 1, max: profiles.station.daysMax });
  const profile = profileOf(values.as, values.name ?? [], days);
  const requests = splitRequests(await readFile(csrFile, "latin1"));
  if (!requests.ok) throw new CommandError(`${csrFile}: ${requests.fault.sentence}`);
  const files = outputFiles(values.out ?? beside(csrFile), requests.value.length);
  for (const file of files) await refuseTaken(file);

  const data = dataFolder(values.data, context.env);
  const { authorities } = await openAuthorities(data, context);
  const issued: Issued[] = [];
  for (const [index, pem] of requests.value.entries()) {
    const signed = await signCsr(authorities, pem, profile, { clock, chance });
    if (!signed.ok) throw new CommandError(`${csrFile}, request ${index + 1}: ${signed.fault.sentence}`);
    issued.push(signed.value);
  }
  const signed: { file: string; for: string; cn: string; validUntil: string }[] = [];
  const lines: string[] = [];
  for (const [index, { chainPem, certificate }] of issued.entries()) {
    const file = files[index]!;
    await writeNewFile(file, chainPem);
    const { notAfterMs, subject } = certificate;
    const ends = new Date(notAfterMs).toISOString();
    signed.push({ file, for: profile.profile, cn: subject.cn ?? "", validUntil: ends });
    lines.push(`${file}: ${profile.profile} ${subject.cn}, ${until(certificate)}\n`);
  }
  const root = (name: string) => join(data, "pki", name);
  tell(
    context,
    values.json,
    signed,
    `${lines.join("")}\nEach file holds the certificate and its CA's. The root to trust: ${root("root.pem")}\n` +
      (authorities.rsa ? `Whoever verifies RSA signatures only: ${root("root-rsa.pem")}\n` : "") +
      nextStep(profile, issued),
  );
}

function profileOf(as: string, names: readonly string[], days: number | undefined): RequestProfile {
  if (as === "server") {
    if (names.length === 0) throw new UsageError("a server needs its names: --name HOST, once for each");
    return { profile: as, names, days };
  }
  if (as !== "station" && as !== "site") throw new UsageError(`--as is station, site or server, not '${as}'`);
  if (names.length > 1) throw new UsageError(`a ${as} has one --name`);
  return { profile: as, id: names[0], days };
}

/** `station.csr` becomes `station.pem`; several requests in one file get `-1`, `-2`, … */
function beside(csrFile: string): string {
  const stem = basename(csrFile, extname(csrFile));
  return join(dirname(csrFile), extname(csrFile) === ".pem" ? `${stem}-certificate.pem` : `${stem}.pem`);
}

function outputFiles(out: string, count: number): string[] {
  if (count === 1) return [out];
  const extension = extname(out);
  const stem = out.slice(0, out.length - extension.length);
  return Array.from({ length: count }, (_, index) => `${stem}-${index + 1}${extension}`);
}

function nextStep({ profile }: RequestProfile, issued: readonly Issued[]): string {
  const cn = issued[0]?.certificate.subject.cn ?? "";
  if (profile === "site")
    return `Next: put it beside the site's key, then wattward site --data DIR --csms URL\n`;
  if (profile === "server") return "Next: put it beside the server's key.\n";
  return (
    `Next: wattward station add ID --serial ${cn} (without --serial where the id is ${cn}), unless the inventory has it;\n` +
    "put certificate and root on the station, and set its URL to wss://HOST:PORT/ocpp/ID\n"
  );
}
