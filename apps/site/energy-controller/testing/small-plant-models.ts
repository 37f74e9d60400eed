/** The SunSpec models of the small plant's battery and inverter, with what they show at first. */
const inverter = {
  W: 0,
  W_SF: 0,
  TmpCab: 25,
  Tmp_SF: -1,
  A_SF: 0,
  V_SF: -1,
  Hz_SF: -2,
  VA_SF: 0,
  VAr_SF: 0,
  PF_SF: 0,
};
const inverterRest = { WH_SF: 0, DCA_SF: 0, DCV_SF: 0, DCW_SF: 0 };

export const batteryModels = (steering: 124 | 704) => ({
  ...(steering === 124
    ? {
        103: { ...inverter, ...inverterRest },
        124: {
          ...{ WChaMax: 20_000, WChaMax_SF: 0, StorCtl_Mod: 0, ChaState_SF: -1, MinRsvPct_SF: -1 },
          ...{ OutWRte: 100, InWRte: 100, InOutWRte_SF: -2, InOutWRte_RvrtTms: 0, InOutWRte_WinTms: 0 },
          ...{ WChaDisChaGra_SF: 0, VAChaMax_SF: 0, StorAval_SF: 0, InBatV_SF: 0 },
        },
      }
    : {
        701: {
          ...{ W: 0, W_SF: 0, TmpAmb: 25, Tmp_SF: -1, A_SF: 0, V_SF: 0, Hz_SF: -2, PF_SF: -2, VA_SF: 0 },
          ...{ Var_SF: 0, TotWh_SF: 0, TotVarh_SF: 0 },
        },
        704: {
          ...{ WSetEna: 0, WSetMod: 0, WSet: 0, WSet_SF: 0, WSetRvrt: 0, WSetEnaRvrt: 1, WSetRvrtTms: 0 },
          ...{ WMaxLimPct_SF: -1, PF_SF: -2, WSetPct_SF: -1, VarSet_SF: 0, VarSetPct_SF: -1 },
        },
      }),
  802: {
    ...{
      SoC: 50,
      SoC_SF: -1,
      WDisChaRteMax: 20_000,
      WChaRteMax: 20_000,
      WChaDisChaMax_SF: 0,
      CtrlHb: 0,
      W_SF: 0,
      A_SF: 0,
      V_SF: 0,
    },
    ...{ AHRtg_SF: 0, WHRtg_SF: 0, DisChaRte_SF: 0, DoD_SF: 0, SoH_SF: 0, CellV_SF: 0, AMax_SF: 0 },
  },
  715: { ControllerHb: 0 },
});

export const solarModels = {
  103: { ...inverter, ...inverterRest },
  121: { WMax: 20_000, WMax_SF: 0 },
  123: {
    ...{ WMaxLimPct: 100, WMaxLimPct_SF: -1, WMaxLim_Ena: 0, WMaxLimPct_RvrtTms: 0, OutPFSet_SF: 0 },
    VArPct_SF: 0,
  },
};
