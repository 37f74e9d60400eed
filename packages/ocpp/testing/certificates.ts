/**
 * Certificates for tests, made by the `openssl` command line in a temporary folder: independent of our own PKI code,
 * and with every defect that a test needs.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Identity = { readonly cert: string; readonly key: string };
export type TestPki = {
  readonly root: string;
  readonly issuing: string;
  /** A self-made root that nobody trusts, for strangers. */
  readonly foreignRoot: string;
  /** `cert`: leaf and issuing CA. */
  readonly serverEc: Identity;
  readonly serverRsa: Identity;
  readonly station: Identity;
  /** Of an RSA key, for stations that can do nothing else. */
  readonly stationRsa: Identity;
  readonly expiredStation: Identity;
  readonly foreignStation: Identity;
};

/** False where there is no openssl; tests are then skipped with that message. */
export function opensslMissing(): false | string {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return false;
  } catch {
    return "no openssl command on this machine";
  }
}

/** Server names: csms.wattward.test, localhost, 127.0.0.1. */
export function makeTestPki(): TestPki {
  const folder = mkdtempSync(join(tmpdir(), "wattward-test-pki-"));
  try {
    return inFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inFolder(folder: string): TestPki {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const key = (name: string, kind: "ec" | "rsa") => {
    const algorithm =
      kind === "ec"
        ? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        : ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    openssl("genpkey", ...algorithm, "-out", `${name}.key`);
  };
  const root = (name: string) => {
    key(name, "ec");
    const extension = ["-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=keyCertSign"];
    openssl(
      "req",
      "-x509",
      "-new",
      "-key",
      `${name}.key`,
      "-subj",
      `/CN=${name}`,
      "-days",
      "30",
      ...extension,
      "-out",
      `${name}.pem`,
    );
  };
  const issue = (
    name: string,
    ca: string,
    { extensions, days = ["-days", "20"] }: { extensions: string; days?: string[] },
  ) => {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl("req", "-new", "-key", `${name}.key`, "-subj", `/O=Wattward/CN=${name}`, "-out", `${name}.csr`);
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      `${ca}.pem`,
      "-CAkey",
      `${ca}.key`,
      "-CAcreateserial",
      ...days,
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.pem`,
    );
  };
  const identity = (name: string, ca: string): Identity => ({
    cert: read(`${name}.pem`) + read(`${ca}.pem`),
    key: read(`${name}.key`),
  });

  root("root");
  root("foreign");
  key("issuing", "ec");
  issue("issuing", "root", { extensions: "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n" });
  const names =
    "subjectAltName=DNS:csms.wattward.test,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n";
  const client = "keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n";
  key("server-ec", "ec");
  issue("server-ec", "issuing", { extensions: names });
  key("server-rsa", "rsa");
  issue("server-rsa", "issuing", { extensions: names });
  for (const [name, ca, days] of [
    ["station", "issuing", ["-days", "20"]],
    ["station-rsa", "issuing", ["-days", "20"]],
    ["expired", "issuing", ["-days", "-1"]],
    ["stranger", "foreign", ["-days", "20"]],
  ] as const) {
    key(name, name === "station-rsa" ? "rsa" : "ec");
    issue(name, ca, { extensions: client, days: [...days] });
  }
  return {
    root: read("root.pem"),
    issuing: read("issuing.pem"),
    foreignRoot: read("foreign.pem"),
    serverEc: identity("server-ec", "issuing"),
    serverRsa: identity("server-rsa", "issuing"),
    station: identity("station", "issuing"),
    stationRsa: identity("station-rsa", "issuing"),
    expiredStation: identity("expired", "issuing"),
    foreignStation: identity("stranger", "foreign"),
  };
}
