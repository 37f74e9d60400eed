/**
 * Which group each action that a CSMS may send belongs to. Those of an open group stand in the routing tables; those of
 * a closed one are refused with a sentence until what they need is there: that is what opens their group.
 */

export const openGroups = [
  "core",
  "remote control",
  "availability",
  "configuration",
  "reports",
  "charging profiles",
  "local list",
  "reservation",
  "data transfer",
  "trigger",
] as const;
export type OpenGroup = (typeof openGroups)[number];

type ClosedGroup = {
  readonly group: string;
  /** What it waits for, as the rest of a sentence. */
  readonly waitsFor: string;
  readonly actions: readonly string[];
};

export const closedGroups: readonly ClosedGroup[] = [
  {
    group: "certificates",
    waitsFor: "the registry of certificates and a second person's approval",
    actions: ["CertificateSigned", "DeleteCertificate", "GetInstalledCertificateIds", "InstallCertificate"],
  },
  {
    group: "firmware",
    waitsFor: "signed releases and their roll-out",
    actions: ["PublishFirmware", "SignedUpdateFirmware", "UnpublishFirmware", "UpdateFirmware"],
  },
  {
    group: "diagnostics",
    waitsFor: "a place of our own that logs may be uploaded to",
    actions: ["GetDiagnostics", "GetLog"],
  },
  {
    group: "network profiles",
    waitsFor: "the list of addresses that a station may be sent to, and a second person's approval",
    actions: ["SetNetworkProfile"],
  },
  {
    group: "personal data",
    waitsFor: "rules of who may see or erase what a station keeps of a customer",
    actions: ["CustomerInformation"],
  },
  {
    group: "monitoring",
    waitsFor: "detection, which sets the monitors that it needs",
    actions: [
      "AdjustPeriodicEventStream",
      "ClearVariableMonitoring",
      "GetMonitoringReport",
      "GetPeriodicEventStream",
      "SetMonitoringBase",
      "SetMonitoringLevel",
      "SetVariableMonitoring",
    ],
  },
  {
    group: "display",
    waitsFor: "messages with an author and an end",
    actions: ["ClearDisplayMessage", "GetDisplayMessages", "SetDisplayMessage"],
  },
  {
    group: "tariffs and payment",
    waitsFor: "prices",
    actions: [
      "ChangeTransactionTariff",
      "ClearTariffs",
      "CostUpdated",
      "GetTariffs",
      "NotifyWebPaymentStarted",
      "SetDefaultTariff",
    ],
  },
  {
    group: "grid services",
    waitsFor: "the energy controller",
    actions: [
      "AFRRSignal",
      "ClearDERControl",
      "GetDERControl",
      "NotifyAllowedEnergyTransfer",
      "SetDERControl",
    ],
  },
  { group: "battery swap", waitsFor: "stations that swap batteries", actions: ["RequestBatterySwap"] },
];

/** Undefined where its group is open, or nobody knows the action. */
export const closedGroupOf = (action: string): ClosedGroup | undefined =>
  closedGroups.find(({ actions }) => actions.includes(action));
