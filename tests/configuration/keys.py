"""Unpublished keys, about which the module does not warn."""

KEY = "8c1f0a52d93be7466d0b91a7c2f83e15"
IV = "1f52ab0c6d7e88f3094b5c6de3a1727f"
SEAL_KEY = "ebc72ac2fe6462a494371d1efe467dc7d653063b65f4df1a13a41f87ea6d89e4"

FIRST_PAIR = f"pta_1st_key {KEY}; pta_1st_iv {IV};"
SECOND_PAIR = f"pta_2nd_key {IV}; pta_2nd_iv {KEY};"
