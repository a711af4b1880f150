"""The owner of the keys. A forger knows the tokens that it signs, and nothing else."""

import os
import subprocess

from harness.tokens import Pair, fields, pad, seal

BLOCK = 16


class Owner:
    """Signs and verifies by the pta command. `may_sign` says which paths it signs."""

    def __init__(self, command, random, may_sign=lambda path: True):
        self.command, self.may_sign = command, may_sign
        self.pair = Pair(random.randbytes(16), random.randbytes(16))
        # A forger never sees it, only the seals of the tokens that were signed.
        self.seal_key = random.randbytes(32)
        keys = {"PTA_KEY": self.pair.key.hex(), "PTA_IV": self.pair.iv.hex()}
        self.environment = os.environ | keys
        self.signed = 0
        self.seals = []
        self.process = subprocess.Popen(
            [command, "issue", "--batch", "--escape"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # It warns about some of the paths.
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def sign(self, path, expires):
        """The blocks of the token. Stars in the path are literal."""
        assert self.may_sign(path), path
        self.signed += 1
        self.process.stdin.write(b"%s\t%d\n" % (path, expires))
        self.process.stdin.flush()
        token = self.process.stdout.readline().decode().strip()
        self.seals.append(seal(token, self.seal_key))
        return blocks_of(bytes.fromhex(token))

    def verdict(self, path, token, now):
        """What `pta verify` says about a token, which is a list of blocks."""
        line = path + b"\t" + b"".join(token).hex().encode() + b"\n"
        command = [self.command, "verify", "--batch", "--now", str(now)]
        done = subprocess.run(
            command, input=line, stdout=subprocess.PIPE, env=self.environment, check=True
        )
        return done.stdout.decode().strip()


def plain_blocks(expires, pattern):
    """The plain text of a token."""
    return blocks_of(pad(fields(expires, pattern)))


def blocks_of(data):
    return [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
