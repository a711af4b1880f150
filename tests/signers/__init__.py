"""Tests of signers/: what an application copies. languages.py says how each signer is called."""
