"""The installation itself: does its key fit its database?"""

from handrail.core.errors import ConflictError
from handrail.ports.store import Transaction

KEY_FINGERPRINT = "secret_key_fingerprint"


def settle_key(tx: Transaction, fingerprint: str, *, is_new_accepted: bool) -> None:
    """Note the secret key's fingerprint, or see that it is the one noted before.

    Args:
        tx: The transaction.
        fingerprint: Of the key this process signs with.
        is_new_accepted: The operator means to change the key.

    Raises:
        ConflictError: The database was used with another key.
    """
    noted = tx.meta.get(KEY_FINGERPRINT)
    if noted == fingerprint:
        return
    if noted and not is_new_accepted:
        msg = (
            f"this database was used with another secret key ({noted}, now "
            f"{fingerprint}): acknowledge links sent before would stop working. "
            "Bring back the earlier key (secret.key in the data folder, or "
            "HANDRAIL_SECRET_KEY), or accept the new one: "
            "handrail serve --accept-new-key"
        )
        raise ConflictError(msg)
    tx.meta.set(KEY_FINGERPRINT, fingerprint)
