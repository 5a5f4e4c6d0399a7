"""The quota family and the vCPUs of machines with accelerators, as data.

Source: Microsoft's size pages and Resource SKUs (azure-compute-docs; Azure/karpenter-provider-azure 352646f5), 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping

SIZES: Mapping[str, tuple[str, int]] = {
    "Standard_ND96asr_v4": ("Standard NDASv4_A100 Family", 96),
    "Standard_ND96amsr_A100_v4": ("standard NDAMSv4_A100Family", 96),
    "Standard_ND96isr_H100_v5": ("standardNDSH100v5Family", 96),
    "Standard_ND96isr_H200_v5": ("standardNDISRH200V5Family", 96),
    "Standard_ND128isr_NDR_GB200_v6": ("standardNDISRGB200V6NDRFamily", 128),
    "Standard_ND128isr_GB300_v6": ("standardNDISRGB300V6Family", 128),
    "Standard_ND96isr_MI300X_v5": ("standardNDISv5MI300XFamily", 96),
    "Standard_NC24ads_A100_v4": ("StandardNCADSA100v4Family", 24),
    "Standard_NC48ads_A100_v4": ("StandardNCADSA100v4Family", 48),
    "Standard_NC96ads_A100_v4": ("StandardNCADSA100v4Family", 96),
    "Standard_NC40ads_H100_v5": ("StandardNCadsH100v5Family", 40),
    "Standard_NC80adis_H100_v5": ("StandardNCadsH100v5Family", 80),
    "Standard_NC4as_T4_v3": ("Standard NCASv3_T4 Family", 4),
    "Standard_NC8as_T4_v3": ("Standard NCASv3_T4 Family", 8),
    "Standard_NC16as_T4_v3": ("Standard NCASv3_T4 Family", 16),
    "Standard_NC64as_T4_v3": ("Standard NCASv3_T4 Family", 64),
}
