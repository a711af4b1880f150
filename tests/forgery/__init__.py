"""The forgeries of SECURITY.md, carried out against the pta command.

* command.py: the owner of the keys, who signs and verifies by the command.
* chosen_paths.py, known_tokens.py: a forger, who knows tokens and never a key.
* crc.py: what CRC-32 allows without a key.
"""
