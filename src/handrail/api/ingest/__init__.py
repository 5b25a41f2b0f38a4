"""Where senders' signals come in: raw ASGI, because every microsecond counts here."""
