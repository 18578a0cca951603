"""Random numbers of sim/MODEL.md, section 7.6: Philox4x32-10 by place; part of the rebuild."""
import os
import re

import numpy as np

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def philox(counter, key):
    """Philox4x32-10: four counter words (arrays) and two key words give four words, all held in uint64."""
    c0, c1, c2, c3 = (np.asarray(word, np.uint64) for word in counter)
    k0, k1 = int(key[0]), int(key[1])
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (b >> HALF) ^ c1 ^ np.uint64(k0), b & LOW, (a >> HALF) ^ c3 ^ np.uint64(k1), a & LOW
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def check_philox(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "philox_kat.txt")):
    """Compare with the known answers; returns how many were right, raises if one is wrong."""
    right = 0
    with open(path) as file:
        for line in file:
            words = line.split()
            if len(words) == 10 and all(re.fullmatch("[0-9a-f]{8}", word) for word in words):
                words = [int(word, 16) for word in words]
                got = [int(word) for word in philox(words[:4], words[4:6])]
                if got != words[6:]:
                    raise AssertionError(f"philox: {line.strip()} but got {got}")
                right += 1
    return right


class Stream:
    """Words of one replicate, addressed by block, tick, actor and purpose (7.6)."""

    def __init__(self, seed, replicate):
        self.key = (seed & 0xFFFFFFFF, seed >> 32)
        self.replicate = replicate

    def words(self, block, tick, actor, purpose):
        """Four arrays of words, in the shape that block and actor make together; cell is 0."""
        position = np.asarray(actor, np.uint64) + np.uint64(tick << 16)
        shape = np.broadcast(block, position)
        full = [np.broadcast_to(np.asarray(word, np.uint64), shape.shape)
                for word in (block, position, self.replicate, purpose)]
        return philox(full, self.key)

    def uniform_pairs(self, block, tick, actor, purpose):
        """Two uniform numbers of 53 bits from each block."""
        w0, w1, w2, w3 = self.words(block, tick, actor, purpose)
        return [((high << HALF | low) >> np.uint64(11)).astype(np.float64) * 2.0 ** -53 for high, low in ((w0, w1), (w2, w3))]

    def whole_numbers(self, tick, actor, purpose):
        """A function that gives whole numbers below N (gsl_rng_uniform_int), one word of blocks 0, 1, ... after the other."""
        def feed():
            block = 0
            while True:
                yield from (int(word) for word in self.words(block, tick, actor, purpose))
                block += 1
        words = feed()

        def below(n):
            scale = 0xFFFFFFFF // n
            return next(k for k in (word // scale for word in words) if k < n)
        return below
