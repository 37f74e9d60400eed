/** Links of masters on real sockets: plain, from an address of their own where they pretend, or with a certificate of a folder. */
import { join } from "node:path";
import type { Dial } from "@wattward/modbus";
import { dialer, type TlsIdentity } from "@wattward/modbus/tcp";
import { textOf } from "./way-in.ts";

export type MasterWay = {
  readonly host: string;
  readonly port: number;
  /** Of this machine; where another than the usual one is to be seen. */
  readonly from?: string;
  /** A folder with certificate.pem, key.pem and root.pem; the name is what the server's certificate says. */
  readonly identity?: string;
  readonly serverName?: string;
};

/** A missing file is a StationsFolderError. */
export async function masterDial({ from, host, identity, port, serverName }: MasterWay): Promise<Dial> {
  const to = { host, port, ...(from !== undefined && { localAddress: from }) };
  if (identity === undefined) return dialer({ to });
  const tls: TlsIdentity = {
    cert: await textOf(join(identity, "certificate.pem")),
    key: await textOf(join(identity, "key.pem")),
    ca: [await textOf(join(identity, "root.pem"))],
  };
  return dialer({ to, tls: { ...tls, ...(serverName !== undefined && { serverName }) } });
}
