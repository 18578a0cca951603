"""Does a change bring a claim to the other side of what is enough, or would another seed have done so too?"""

import dataclasses

ENOUGH = 0.8  # of the draws: a claim counts as reproduced from here on


@dataclasses.dataclass
class Chance:
    """Shares of the draws that show a claim with one seed and with others, nothing else changed."""

    shares: list

    @property
    def mean(self):
        return sum(self.shares) / len(self.shares)

    @property
    def holds(self):
        return self.mean >= ENOUGH

    @property
    def undecided(self):
        """Chance alone takes it to either side."""
        return min(self.shares) < ENOUGH <= max(self.shares)

    def turns(self, share):
        """On the other side, and further out than with any seed."""
        return (share >= ENOUGH) != self.holds and not min(self.shares) <= share <= max(self.shares)
