"""Sealing of confidential text and tokens (Fernet: AES-128-CBC with HMAC-SHA256)."""

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(Exception):  # names the fact
    """Sealed text that none of the keys opens."""


class Box:
    """Seals with the first key, opens with any. ``keys``: one or more Fernet keys, comma-separated.

    Raises ValueError for a key that is not 32 url-safe base64 bytes.
    """

    def __init__(self, keys: str) -> None:
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def seal_undated(self, text: str) -> str:
        """The same without the moment, which a seal otherwise shows to whoever holds it."""
        return self._fernet.encrypt_at_time(text.encode(), 0).decode()

    def open(self, sealed: str) -> str:
        """The text; empty for an empty seal. Raises ``SealBroken``."""
        if not sealed:
            return ""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken from error

    def seal_json(self, value: Any) -> str:
        return self.seal(json.dumps(value, separators=(",", ":")))

    def open_json(self, sealed: str) -> Any:
        """The value; None for an empty seal."""
        return json.loads(self.open(sealed)) if sealed else None


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()
