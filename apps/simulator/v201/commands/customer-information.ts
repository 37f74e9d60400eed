/** CustomerInformation (N09, N10): what the station knows of one card, told or forgotten. It knows no other customers. */
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

export const customerInformation = answering201("CustomerInformation", async (request, station) => {
  const { clear, customerCertificate, customerIdentifier, idToken, report, requestId } = request;
  const named = [customerCertificate, customerIdentifier, idToken].filter((each) => each !== undefined);
  // N09.FR.09: exactly one of the three; and something has to be wanted.
  if (named.length !== 1 || !(clear || report)) return { payload: { status: "Invalid" } };
  const token = idToken?.idToken ?? customerIdentifier ?? "";
  const known = station.cards.known(token);
  if (clear) await station.cards.forget(token);
  const data = report && known !== undefined ? `card ${token}: ${known}` : "";
  const told = calling<"2.0.1">()("NotifyCustomerInformation", {
    ...{ data, seqNo: 0, tbc: false, requestId, generatedAt: station.timestamp() },
  });
  return { payload: { status: "Accepted" }, after: () => station.send(told) };
});
