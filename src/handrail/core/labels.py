"""Labels: what identifies a condition."""

import hashlib
from collections.abc import Mapping


def fingerprint(labels: Mapping[str, str]) -> str:
    """Return 128 bits of BLAKE2b over the sorted labels as 32 hexadecimal digits."""
    parts = "\xff".join(f"{k}\xff{v}" for k, v in sorted(labels.items()))
    return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()
