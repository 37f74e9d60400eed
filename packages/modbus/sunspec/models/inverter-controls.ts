/** What goes with an inverter of the 100s: nameplate, settings, status, immediate controls, storage. */
import { defineModels } from "../model.ts";

const nameplate = `
  DERTyp: enum16
  WRtg: uint16 ^WRtg_SF [W]
  WRtg_SF: sunssf
  VARtg: uint16 ^VARtg_SF [VA]
  VARtg_SF: sunssf
  VArRtgQ1 VArRtgQ2 VArRtgQ3 VArRtgQ4: int16 ^VArRtg_SF [var]
  VArRtg_SF: sunssf
  ARtg: uint16 ^ARtg_SF [A]
  ARtg_SF: sunssf
  PFRtgQ1 PFRtgQ2 PFRtgQ3 PFRtgQ4: int16 ^PFRtg_SF [cos()]
  PFRtg_SF: sunssf
  WHRtg: uint16 ^WHRtg_SF [Wh]
  WHRtg_SF: sunssf
  AhrRtg: uint16 ^AhrRtg_SF [AH]
  AhrRtg_SF: sunssf
  MaxChaRte: uint16 ^MaxChaRte_SF [W]
  MaxChaRte_SF: sunssf
  MaxDisChaRte: uint16 ^MaxDisChaRte_SF [W]
  MaxDisChaRte_SF: sunssf
  Pad: pad
`;

const settings = `
  WMax: uint16 ^WMax_SF [W] rw
  VRef: uint16 ^VRef_SF [V] rw
  VRefOfs: int16 ^VRefOfs_SF [V] rw
  VMax VMin: uint16 ^VMinMax_SF [V] rw
  VAMax: uint16 ^VAMax_SF [VA] rw
  VArMaxQ1 VArMaxQ2 VArMaxQ3 VArMaxQ4: int16 ^VArMax_SF [var] rw
  WGra: uint16 ^WGra_SF [% WMax/sec] rw
  PFMinQ1 PFMinQ2 PFMinQ3 PFMinQ4: int16 ^PFMin_SF [cos()] rw
  VArAct ClcTotVA: enum16 rw
  MaxRmpRte: uint16 ^MaxRmpRte_SF [% WGra] rw
  ECPNomHz: uint16 ^ECPNomHz_SF [Hz] rw
  ConnPh: enum16 rw
  WMax_SF VRef_SF VRefOfs_SF VMinMax_SF VAMax_SF VArMax_SF WGra_SF PFMin_SF MaxRmpRte_SF ECPNomHz_SF: sunssf
`;

const status = `
  PVConn StorConn ECPConn: bitfield16
  ActWh: acc64 [Wh]
  ActVAh: acc64 [VAh]
  ActVArhQ1 ActVArhQ2 ActVArhQ3 ActVArhQ4: acc64 [varh]
  VArAval: int16 ^VArAval_SF [var]
  VArAval_SF: sunssf
  WAval: uint16 ^WAval_SF [var]
  WAval_SF: sunssf
  StSetLimMsk StActCtl: bitfield32
  TmSrc: string(4)
  Tms: uint32 [Secs]
  RtSt: bitfield16
  Ris: uint16 ^Ris_SF [ohms]
  Ris_SF: sunssf
`;

const controls = `
  Conn_WinTms Conn_RvrtTms: uint16 [Secs] rw
  Conn: enum16 rw
  WMaxLimPct: uint16 ^WMaxLimPct_SF [% WMax] rw
  WMaxLimPct_WinTms WMaxLimPct_RvrtTms WMaxLimPct_RmpTms: uint16 [Secs] rw
  WMaxLim_Ena: enum16 rw
  OutPFSet: int16 ^OutPFSet_SF [cos()] rw
  OutPFSet_WinTms OutPFSet_RvrtTms OutPFSet_RmpTms: uint16 [Secs] rw
  OutPFSet_Ena: enum16 rw
  VArWMaxPct: int16 ^VArPct_SF [% WMax] rw
  VArMaxPct: int16 ^VArPct_SF [% VArMax] rw
  VArAvalPct: int16 ^VArPct_SF [% VArAval] rw
  VArPct_WinTms VArPct_RvrtTms VArPct_RmpTms: uint16 [Secs] rw
  VArPct_Mod VArPct_Ena: enum16 rw
  WMaxLimPct_SF OutPFSet_SF VArPct_SF: sunssf
`;

const storage = `
  WChaMax: uint16 ^WChaMax_SF [W] rw
  WChaGra WDisChaGra: uint16 ^WChaDisChaGra_SF [% WChaMax/sec] rw
  StorCtl_Mod: bitfield16 rw
  VAChaMax: uint16 ^VAChaMax_SF [VA] rw
  MinRsvPct: uint16 ^MinRsvPct_SF [% WChaMax] rw
  ChaState: uint16 ^ChaState_SF [% AhrRtg]
  StorAval: uint16 ^StorAval_SF [AH]
  InBatV: uint16 ^InBatV_SF [V]
  ChaSt: enum16
  OutWRte: int16 ^InOutWRte_SF [% WDisChaMax] rw
  InWRte: int16 ^InOutWRte_SF [ % WChaMax] rw
  InOutWRte_WinTms InOutWRte_RvrtTms InOutWRte_RmpTms: uint16 [Secs] rw
  ChaGriSet: enum16 rw
  WChaMax_SF WChaDisChaGra_SF VAChaMax_SF MinRsvPct_SF ChaState_SF StorAval_SF InBatV_SF: sunssf
  InOutWRte_SF: sunssf
`;

export const inverterControlModels = defineModels([
  [120, "nameplate ratings", nameplate],
  [121, "basic settings", settings],
  [122, "measurements and status", status],
  [123, "immediate controls", controls],
  [124, "basic storage controls", storage],
]);
