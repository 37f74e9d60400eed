/** SendLocalList (D01): whole, or what has changed since; an entry without idTokenInfo is taken out (D01.FR.17). */
import { wireTimeMs } from "../../station/dialect.ts";
import { tooMany } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

const statuses = { accepted: "Accepted", failed: "Failed", "version-mismatch": "VersionMismatch" } as const;

export const sendLocalList = answering201(
  "SendLocalList",
  async ({ localAuthorizationList = [], updateType, versionNumber }, station) => {
    const refused = tooMany(localAuthorizationList.length, station.number("localListItemsMax"), "entries");
    if (refused !== undefined) return refused;
    const entries = localAuthorizationList.map(({ idToken, idTokenInfo: info }) => ({
      token: idToken.idToken,
      accepted: info === undefined ? undefined : info.status === "Accepted",
      ...(info?.cacheExpiryDateTime !== undefined && { expiresAtMs: wireTimeMs(info.cacheExpiryDateTime) }),
    }));
    const kind = updateType === "Full" ? "full" : "differential";
    const result = await station.cards.update({ kind, version: versionNumber, entries });
    return { payload: { status: statuses[result] } };
  },
);
