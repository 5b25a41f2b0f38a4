"""Keys and signatures."""

from typing import Protocol


class Vault(Protocol):
    """Signs with the installation's key; reads referenced secrets."""

    def sign(self, purpose: str, payload: bytes) -> str:
        """Return a URL-safe signature that is bound to the purpose."""
        ...

    def verify(self, purpose: str, payload: bytes, signature: str) -> bool:
        """Return whether the signature is ours for that purpose, in constant time."""
        ...

    def secret(self, reference: str) -> bytes | None:
        """Return the secret behind ``env:NAME`` or ``file:PATH``, or none."""
        ...
