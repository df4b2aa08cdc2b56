"""Media types as headers give them: "text/html; charset=windows-1252"."""

from email.message import Message


def essence(media_type: str) -> str:
    """Return the type and subtype in lower case, "" if none is given."""
    return media_type.partition(";")[0].strip().lower()


def charset(media_type: str) -> str | None:
    """Return the encoding that the parameters declare, None if they declare none."""
    message = Message()
    message["Content-Type"] = media_type
    found = message.get_param("charset")
    return found if isinstance(found, str) and found else None
