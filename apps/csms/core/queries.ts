/**
 * The table of {@link Queries}: each name and the one function that serves it. Queries only read, on a connection of
 * their own, so that no reader waits for a commit. Those that read several tables do so in one transaction.
 */
import type { Kysely } from "kysely";
import { commandGet, commandsList, commandsNextDue } from "../queries/commands.ts";
import { denialsAll, denialsList } from "../queries/denials.ts";
import { deviationsList } from "../queries/deviations.ts";
import { dispensationsAll, dispensationsList } from "../queries/dispensations.ts";
import {
  energyCheck,
  energyDocument,
  energyGuard,
  energyLimit,
  energyModes,
  energyPrices,
  energyQuarters,
  energyVersions,
} from "../queries/energy.ts";
import { messagesList } from "../queries/messages.ts";
import { fleetNow } from "../queries/now.ts";
import { observationsList, outboxAfter, outboxHead } from "../queries/outbox.ts";
import {
  invitationGet,
  passkeyGet,
  peopleCount,
  peopleList,
  peopleNames,
  sessionGet,
} from "../queries/people.ts";
import { settingsAll } from "../queries/settings.ts";
import { siteHistory } from "../queries/site-history.ts";
import { siteSnapshot } from "../queries/site-snapshot.ts";
import { sitesList } from "../queries/sites.ts";
import { stationHolds } from "../queries/station-holds.ts";
import {
  settlementsList,
  stationMonitoring,
  stationSetAside,
  stationTold,
  transactionDetails,
} from "../queries/station-told.ts";
import { stationGet, stationsList } from "../queries/stations.ts";
import { storeUsedBytes } from "../queries/store.ts";
import { tokensList } from "../queries/tokens.ts";
import { transactionGet } from "../queries/transaction.ts";
import { transactionCurve } from "../queries/transaction-curve.ts";
import { transactionsList, transactionsOpenCount } from "../queries/transactions.ts";
import { variablesList } from "../queries/variables.ts";
import type { Schema } from "../store/schema.ts";
import type { Queries } from "./port.ts";

export type Query<N extends keyof Queries> = (
  db: Kysely<Schema>,
  input: Queries[N]["input"],
) => Promise<Queries[N]["output"]>;

export const queries: { readonly [N in keyof Queries]: Query<N> } = {
  "outbox.after": outboxAfter,
  "outbox.head": outboxHead,
  "denials.all": denialsAll,
  "denials.list": denialsList,
  "dispensations.all": dispensationsAll,
  "sites.list": sitesList,
  "site.snapshot": siteSnapshot,
  "site.history": siteHistory,
  "transactions.list": transactionsList,
  "transactions.openCount": transactionsOpenCount,
  "transaction.get": transactionGet,
  "transaction.curve": transactionCurve,
  "station.get": stationGet,
  "station.told": stationTold,
  "station.monitoring": stationMonitoring,
  "station.setAside": stationSetAside,
  "observations.list": observationsList,
  "settlements.list": settlementsList,
  "transaction.details": transactionDetails,
  "deviations.list": deviationsList,
  "stations.list": stationsList,
  "station.holds": stationHolds,
  "variables.list": variablesList,
  "command.get": commandGet,
  "commands.list": commandsList,
  "commands.nextDue": commandsNextDue,
  "messages.list": messagesList,
  "settings.all": settingsAll,
  "store.usedBytes": storeUsedBytes,
  "invitation.get": invitationGet,
  "people.count": peopleCount,
  "people.list": peopleList,
  "people.names": peopleNames,
  "fleet.now": fleetNow,
  "tokens.list": tokensList,
  "dispensations.list": dispensationsList,
  "passkey.get": passkeyGet,
  "session.get": sessionGet,
  "energy.document": energyDocument,
  "energy.versions": energyVersions,
  "energy.check": energyCheck,
  "energy.quarters": energyQuarters,
  "energy.modes": energyModes,
  "energy.guard": energyGuard,
  "energy.prices": energyPrices,
  "energy.limit": energyLimit,
};
