/** The versions of OCPP, and their names in the WebSocket handshake (OCPP 2.0.1 Part 4 §3.1.2). */

/** A socket has exactly one version, agreed by its sub-protocol; a station may change it with every connect. */
export type OcppVersion = "1.6" | "2.0.1" | "2.1";

/** In order of age. */
export const ocppVersions: readonly OcppVersion[] = ["1.6", "2.0.1", "2.1"];

/** The two ends of a socket. A site's local controller is the `csms` of its stations. */
export type Side = "station" | "csms";

export const subprotocols: Readonly<Record<OcppVersion, string>> = {
  "1.6": "ocpp1.6",
  "2.0.1": "ocpp2.0.1",
  "2.1": "ocpp2.1",
};

/** The version that a sub-protocol stands for, or undefined where it is none of ours. */
export const versionOf = (subprotocol: string): OcppVersion | undefined =>
  ocppVersions.find((version) => subprotocols[version] === subprotocol);

/** Is this text, of a command line or a row, the name of a version that we speak? */
export const isOcppVersion = (text: string): text is OcppVersion => Object.hasOwn(subprotocols, text);
