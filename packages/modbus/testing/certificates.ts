/** Certificates with Modbus roles, made by the `openssl` command: independent of whoever reads them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Identity = { readonly cert: string; readonly key: string };
export const ROLE_OID = "1.3.6.1.4.1.50316.802.1";

/** False where there is no openssl; tests are then skipped with that message. */
export function opensslMissing(): false | string {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return false;
  } catch {
    return "no openssl command on this machine";
  }
}

/** A CA of its own, and what it issues: `extensions` are lines of an openssl configuration. */
export function modbusAuthority(): {
  readonly ca: string;
  issue(name: string, extensions?: readonly string[]): Identity;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "wattward-modbus-pki-"));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=Devices",
  );
  let issued = 0;
  return {
    ca: readFileSync(path("ca.pem"), "utf8"),
    issue(name, extensions = []) {
      const base = `leaf-${issued++}`;
      writeFileSync(
        path(`${base}.cnf`),
        ["subjectAltName=DNS:localhost,IP:127.0.0.1", ...extensions].join("\n"),
      );
      openssl(
        "req",
        "-new",
        ...newKey,
        "-keyout",
        `${base}.key`,
        "-out",
        `${base}.csr`,
        "-subj",
        `/CN=${name}`,
      );
      const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"];
      openssl("x509", "-req", "-in", `${base}.csr`, ...by, "-extfile", `${base}.cnf`, "-out", `${base}.pem`);
      const read = (end: string) => readFileSync(path(`${base}.${end}`), "utf8");
      return { cert: read("pem"), key: read("key") };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
