/** How much one query may read, whatever its caller asks for. */
export const queryLimits = {
  rowsMax: 1_000,
  /** Transactions and observations in a site's snapshot. */
  snapshotTransactionsMax: 200,
  snapshotObservationsMax: 50,
  /** Ended transactions stay in the snapshot this long. */
  snapshotEndedMs: 3600_000,
  historyPointsMax: 5_000,
  /** Of one transaction, the newest. */
  transactionEventsMax: 500,
  settlementsMax: 50,
  curvePointsMax: 2_000,
  /** Entries of the outbox, from its end, in which what happened is looked for. */
  observationsSearched: 200_000,
  setAsideMax: 200,
  sessionsMax: 2_000,
  invitationsMax: 200,
  /** Of one site's energy: four hundred days, and a little. */
  quartersMax: 40_000,
} as const;

export const rowsWithin = (most: number): number => Math.max(1, Math.min(most, queryLimits.rowsMax));
