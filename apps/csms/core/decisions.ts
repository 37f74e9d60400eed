/** The table of decisions: every name of the port, and the one function that serves it. */
import { deny } from "../authorisation/denials.ts";
import { setToken } from "../authorisation/set-token.ts";
import { compile } from "../bundle/compile.ts";
import { expireOverdue, outcome, take } from "../commands/commands.ts";
import { request, requestSettings } from "../commands/request.ts";
import { dropPrices, setPrices } from "../energy/prices.ts";
import { takeQuarters } from "../energy/quarters.ts";
import { setDocument } from "../energy/set-document.ts";
import { setLimit } from "../energy/site-limit.ts";
import { writeMessages } from "../message-log/write.ts";
import { answerHeld, claimHeld } from "../nodes/holder.ts";
import { bury, leave, startNode } from "../nodes/life.ts";
import { addPasskey } from "../people/add-passkey.ts";
import { changePerson, endSession, removePasskey, removePerson, withdraw } from "../people/administer.ts";
import { closeSession, invite, join, openSession } from "../people/people.ts";
import { issueServiceToken } from "../people/service-token.ts";
import { judgeStorage } from "../retention/storage.ts";
import { trim } from "../retention/trim.ts";
import { takeRecord } from "../sites/journal.ts";
import { bundleInForce, hello, lease, siteChangePresence } from "../sites/link.ts";
import { admit } from "../stations/admission.ts";
import { answerCall, takeSend } from "../stations/calls.ts";
import { hearing } from "../stations/hearing.ts";
import { addStation } from "../stations/inventory.ts";
import { changePresence } from "../stations/presence.ts";
import { takeDeviations } from "../tolerance/deviations.ts";
import { handle } from "../tolerance/handling.ts";
import { tend } from "../transactions/doubts.ts";
import { admitByPassword } from "../ways-in/admission.ts";
import { endDispensation, expireDispensations, giveDispensation } from "../ways-in/dispensations.ts";
import { changeSetting } from "./change-setting.ts";
import type { Decision } from "./decision.ts";
import { takeObserved } from "./observed.ts";
import type { Decisions } from "./port.ts";
import { startService } from "./start.ts";
import { tryStore } from "./try-store.ts";

export const decisions: { readonly [N in keyof Decisions]: Decision<N> } = {
  "service.start": startService,
  "node.start": startNode,
  "node.stop": leave,
  "node.bury": bury,
  "holder.claim": claimHeld,
  "holder.answer": answerHeld,
  "store.try": tryStore,
  "station.admit": admit,
  "station.admitByPassword": admitByPassword,
  "dispensation.give": giveDispensation,
  "dispensation.end": endDispensation,
  "dispensations.expire": expireDispensations,
  "station.presence": changePresence,
  "station.handle": handle,
  "station.deviations": takeDeviations,
  "station.call": answerCall,
  "station.send": takeSend,
  "site.hello": hello,
  "site.presence": siteChangePresence,
  "site.record": takeRecord,
  "site.relay": answerCall,
  "site.bundle": bundleInForce,
  "site.lease": lease,
  "bundle.compile": compile,
  "energy.set": setDocument,
  "energy.prices": setPrices,
  "energy.prices-drop": dropPrices,
  "energy.limit": setLimit,
  "site.quarters": takeQuarters,
  observe: takeObserved,
  "transactions.tend": tend,
  "command.request": request,
  "settings.request": requestSettings,
  "station.hearing": hearing,
  "command.take": take,
  "command.outcome": outcome,
  "command.expire": expireOverdue,
  "station.add": addStation,
  "token.set": setToken,
  "setting.set": changeSetting,
  "denial.add": deny,
  "person.invite": invite,
  "invitation.withdraw": withdraw,
  "person.change": changePerson,
  "person.remove": removePerson,
  "passkey.add": addPasskey,
  "passkey.remove": removePasskey,
  "session.end": endSession,
  "person.join": join,
  "session.open": openSession,
  "session.close": closeSession,
  "messages.write": writeMessages,
  "storage.measured": judgeStorage,
  "retention.trim": trim,
  "service.token": issueServiceToken,
};

/** The station whose lane a decision takes, on engines that have lanes; undefined where it takes all of them. */
export function laneOf(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { station, record } = input as { station?: unknown; record?: { station?: unknown } };
  const named = station ?? record?.station;
  return typeof named === "string" ? named : undefined;
}
