/** Certificates for a test on real TLS, made by the openssl program at each run: no key lies in the repository. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The reason to skip, or false. */
export function opensslMissing(): string | false {
  try {
    execFileSync("openssl", ["version"], { stdio: "pipe" });
    return false;
  } catch {
    return "there is no openssl program on this machine";
  }
}

/** Fills a new folder with a root and gives a maker of identity folders as `pki issue station` would write them. */
export function testAuthority(folder: string) {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  mkdirSync(folder, { recursive: true });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=test root",
    "-keyout",
    "ca.key",
    "-out",
    "root.pem",
  );
  return (name: string, extensions: string, passphrase?: string) => {
    const protect = passphrase === undefined ? ["-nodes"] : ["-passout", `pass:${passphrase}`];
    const at = join(folder, name);
    mkdirSync(at);
    openssl(
      "req",
      ...key,
      ...protect,
      "-subj",
      `/O=Test/CN=${name}`,
      "-keyout",
      `${name}/key.pem`,
      "-out",
      `${name}/csr.pem`,
    );
    writeFileSync(join(at, "extensions"), extensions);
    const signing = ["-CA", "root.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}/csr.pem`,
      ...signing,
      "-extfile",
      `${name}/extensions`,
      "-out",
      `${name}/certificate.pem`,
    );
    writeFileSync(join(at, "root.pem"), readFileSync(join(folder, "root.pem")));
    if (passphrase !== undefined) writeFileSync(join(at, "passphrase"), `${passphrase}\n`);
    const read = (file: string) => readFileSync(join(at, file), "utf8");
    return { cert: read("certificate.pem"), key: read("key.pem"), root: read("root.pem") };
  };
}
