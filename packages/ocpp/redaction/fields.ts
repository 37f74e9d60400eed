/**
 * The table of redaction: what each field of text in OCPP 1.6 (with its security extension), 2.0.1 and 2.1 may hold,
 * and so how much of it may be kept where people read (DESIGN 25). A field is classed by its name; where one name means
 * different things, by its place: `<Message>Request|Response` and the names that lead there, `[]` for an item of a list.
 *
 * Every text of every schema that is no enumeration and no instant is in here: redaction.test.ts walks them all, and a
 * new one without a class fails. What is in no schema is never shown (redact.ts).
 */

/**
 *   plain     identifiers and words that are nobody's secret
 *   text      free words of station or operator: credentials in addresses are cut out of them
 *   token     what authorises: at most its last four characters
 *   secret    nothing of it
 *   personal  of a person or a car: nothing of it but its length
 *   address   a URL: without credentials, query and fragment
 *   blob      certificates, signatures, encrypted requests: their length
 *   setting   a value that its setting's name decides on (settings.ts)
 *   reading   shown where it is a number
 */
export type FieldClass =
  | "plain"
  | "text"
  | "token"
  | "secret"
  | "personal"
  | "address"
  | "blob"
  | "setting"
  | "reading";

const named: Readonly<Record<FieldClass, string>> = {
  plain: `apn chargePointModel chargePointVendor chargingLimitSource checksum connectorType controlId currency
    customTrigger encodingMethod endTimeOfDay evInverterHwVersion evInverterManufacturer evInverterModel
    evInverterSwVersion fileName filename firmwareVersion group id identity instance iso15118SchemaVersion
    issuerKeyHash issuerNameHash key language language1 language2 messageId meterType model name paymentBrand
    paymentRecognition preferredNetwork reasonCode serialNumber chargeBoxSerialNumber chargePointSerialNumber
    meterSerialNumber serviceName signingMethod startTimeOfDay supersededIds tariffId tariffIds taxRuleName techCode
    transactionId type unit unknownKey validFromDate validToDate valuesList vendorErrorCode vendorId vendorName`,
  text: `additionalInfo extraInfo failureReason info overstayRuleDescription priceScheduleDescription
    salesTariffDescription statusInfo techInfo vendorInfo`,
  token: "additionalIdToken iccid idTag idToken idTokens imsi parentIdTag prioritizedEMAIDs",
  secret: "apnPassword apnUserName basicAuthPassword password user",
  personal: `address1 address2 city content country customerIdentifier evInverterSerialNumber postalCode pspRef
    receiptId receiptUrl vatNumber`,
  address: "location ocppCsmsUrl remoteLocation responderURL server urls",
  blob: `certificate certificateChain csr digestValue exiRequest exiResponse ocspResult priceAlgorithm
    priceScheduleSignature publicKey signature signedMeterData signingCertificate`,
  setting: "actualValue attributeValue",
  reading: "v",
};

const byName: ReadonlyMap<string, FieldClass> = new Map(
  Object.entries(named).flatMap(([kind, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind as FieldClass] as const),
  ),
);

/** Before the names; `data` and `value` have no class by name, because no two of them mean the same. */
const byPlace: ReadonlyMap<string, FieldClass> = new Map([
  // The two sides agree on it, and nobody else knows what it is.
  ["DataTransferRequest.data", "secret"],
  ["DataTransferResponse.data", "secret"],
  ["NotifyCustomerInformationRequest.data", "personal"],
  ["ChangeConfigurationRequest.value", "setting"],
  ["GetConfigurationResponse.configurationKey[].value", "setting"],
  ["NotifyReportRequest.reportData[].variableAttribute[].value", "setting"],
  ["MeterValuesRequest.meterValue[].sampledValue[].value", "reading"],
  ["StopTransactionRequest.transactionData[].sampledValue[].value", "reading"],
  ["SetNetworkProfileRequest.connectionData.vpn.key", "secret"],
  ["NotifySettlementRequest.vatCompany.name", "personal"],
  ["VatNumberValidationResponse.company.name", "personal"],
]);

/** @param place `<Message>Request.field.inner[]`; undefined: the field is in no table, and must not be shown */
export function classOf(place: string): FieldClass | undefined {
  const known = byPlace.get(place);
  if (known !== undefined) return known;
  const name = place.slice(place.lastIndexOf(".") + 1).replace(/\[\]$/, "");
  return byName.get(name);
}

/** For the test that looks for entries without a field. */
export const tableEntries = { names: [...byName.keys()], places: [...byPlace.keys()] } as const;
