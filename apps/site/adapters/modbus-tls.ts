/**
 * Certificates of Modbus/TCP Security, as an operator lays them into the site's folder; where the guard has a user of its own they are brought
 * to it (own-users.ts). Renewed there, they are in force within RENEWED_WITHIN_MS, without a new start.
 *
 *     modbus-tls/certificate.pem, key.pem (0600)   the guard's own
 *     modbus-tls/clients.pem, devices.pem          who issues masters' and devices' certificates
 */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, every, failed, type Log } from "@wattward/kernel";
import type { Dial } from "@wattward/modbus";
import { dialer, type ListenOptions, listen, type TlsIdentity } from "@wattward/modbus/tcp";
import { refuseExposed } from "@wattward/pki/files";

export const TLS_FOLDER = "modbus-tls";
/** Every file that may lie there. */
export const TLS_FILES = ["certificate.pem", "key.pem", "clients.pem", "devices.pem"] as const;
const RENEWED_WITHIN_MS = 2_000;

type Secured = { readonly port: number; close(): Promise<void> };

/** Listens with the certificate that lies there, and with its successors. Rejects where there is none that can be used. */
export async function listenSecured(
  dataFolder: string,
  options: Omit<ListenOptions, "tls">,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Secured> {
  let inForce = await identity(dataFolder, "clients.pem");
  const listener = await listen({ ...options, tls: inForce });
  let said = "";
  const renew = async () => {
    try {
      const found = await identity(dataFolder, "clients.pem");
      if (JSON.stringify(found) === JSON.stringify(inForce)) return;
      listener.renew(found);
      inForce = found;
      log.info("modbus-certificate-renewed", { say: "new connections get it" });
    } catch (error) {
      // Half written, or half removed: what is in force stays, and it is looked at again.
      const say = error instanceof Error ? error.message : String(error);
      if (say !== said) log.error("modbus-certificate-not-renewed", { say });
      said = say;
      return;
    }
    said = "";
  };
  const stop = every(clock, RENEWED_WITHIN_MS, renew);
  return {
    port: listener.port,
    close() {
      stop();
      return listener.close();
    },
  };
}

/** Read at each attempt, so that a renewed certificate needs no new start. */
export function dialSecured(dataFolder: string, to: { readonly host: string; readonly port: number }): Dial {
  return async () => {
    try {
      return await dialer({ to, tls: await identity(dataFolder, "devices.pem") })();
    } catch (error) {
      return failed({ kind: "untrusted", sentence: (error as Error).message });
    }
  };
}

async function identity(
  dataFolder: string,
  authorities: "clients.pem" | "devices.pem",
): Promise<TlsIdentity> {
  const at = (name: string) => join(dataFolder, TLS_FOLDER, name);
  await refuseExposed(at("key.pem"));
  const read = async (name: string) => {
    try {
      return await readFile(at(name), "utf8");
    } catch (error) {
      throw new Error(`${at(name)} is needed for Modbus/TCP Security: ${(error as Error).message}`);
    }
  };
  const certificates = async (name: string) => wholeCertificates(at(name), await read(name));
  const cert = await certificates("certificate.pem");
  return { cert, key: await read("key.pem"), ca: [await certificates(authorities)] };
}

/** OpenSSL believes nobody by a text without a certificate, and reads one that is cut short as far as it goes, both without a word. */
function wholeCertificates(path: string, text: string): string {
  const whole = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (whole.length === 0 || whole.length !== text.split("-----BEGIN CERTIFICATE-----").length - 1)
    throw new Error(`${path} holds no certificate, or one that is cut short`);
  try {
    for (const pem of whole) new X509Certificate(pem);
  } catch (error) {
    throw new Error(`${path} holds a certificate that cannot be read: ${(error as Error).message}`);
  }
  return text;
}
