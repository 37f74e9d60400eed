/** Every limit of the HTTP API, by name. */
export const apiLimits = {
  /** A command's payload is the largest thing anyone sends. */
  bodyBytesMax: 64 * 1024,
  /** A site's energy document, or its prices, as text within JSON. */
  documentBytesMax: 2 * 1024 * 1024,
  /** Nesting of objects and arrays in a body. */
  bodyDepthMax: 16,
  /** From the first byte of a request to its last. */
  requestMs: 15_000,
  headersMs: 10_000,
  /** Of one part of an address: the id of a passkey is up to 1,023 bytes in base64url (WebAuthn §4). */
  pathPartCharsMax: 1_400,
  keepAliveMs: 60_000,
  connectionsMax: 1_000,
  /** Rows in one answer. */
  rowsMax: 1_000,
  rowsDefault: 100,
  historyPointsMax: 2_000,
  curvePointsMax: 2_000,
  curvePointsDefault: 500,
  /** Of a site's energy, by the quarter of an hour and by the day. */
  energyQuartersDaysMax: 31,
  energyDaysMax: 400,
  /** Of a text that is searched for. */
  searchCharsMax: 64,
  /** readyz gives up waiting for the core after this. */
  readyMs: 1_000,
  streamsPerPersonMax: 8,
  streamsMax: 200,
  /** A site's energy as it is now is told no oftener. */
  energyEveryMs: 1_000,
  streamHeartbeatMs: 15_000,
  /** Outbox entries read at once for a stream. */
  streamBatch: 200,
  /** A stream whose reader takes nothing for this long, while there is something, is dropped. */
  streamStalledMs: 20_000,
  commandExpiryDefaultS: 60,
  commandExpiryMaxS: 24 * 3600,
} as const;
