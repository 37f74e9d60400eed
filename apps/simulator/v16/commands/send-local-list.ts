/** SendLocalList (1.6 §5.15): whole, or what has changed since; an entry without idTagInfo is taken out. */
import { wireTimeMs } from "../../station/dialect.ts";
import { tooMany } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const statuses = { accepted: "Accepted", failed: "Failed", "version-mismatch": "VersionMismatch" } as const;

export const sendLocalList = answering16(
  "SendLocalList",
  async ({ listVersion, localAuthorizationList = [], updateType }, station) => {
    if (!station.flag("localListEnabled")) return { payload: { status: "NotSupported" } };
    const refused = tooMany(localAuthorizationList.length, station.number("localListItemsMax"), "entries");
    if (refused !== undefined) return refused;
    const entries = localAuthorizationList.map(({ idTag, idTagInfo }) => ({
      token: idTag,
      accepted: idTagInfo === undefined ? undefined : idTagInfo.status === "Accepted",
      ...(idTagInfo?.expiryDate !== undefined && { expiresAtMs: wireTimeMs(idTagInfo.expiryDate) }),
    }));
    const kind = updateType === "Full" ? "full" : "differential";
    const result = await station.cards.update({ kind, version: listVersion, entries });
    return { payload: { status: statuses[result] } };
  },
);
