"""Whether and how this server speaks TLS: the certificate it shows, and a context for each connection."""

from __future__ import annotations

import ipaddress
import os
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from socket import socket

from app.live.certificate import can_make, certificate
from app.live.tls import TlsSocket
from app.settings import Settings, SettingsError

ALWAYS = ("localhost", "127.0.0.1", "::1")
KEYLOG_BYTES = 65_536


class Secure:
    """TLS for the one port. A connection has a context of its own, so that its key log holds its own keys only.

    `trusted`: the server is bound to this machine only; elsewhere no key log is kept.
    """

    def __init__(self, settings: Settings, host: str, *, trusted: bool) -> None:
        self._settings, self._trusted = settings, trusted
        self._names = _names(settings, host)
        self._lock = threading.Lock()
        if settings.key and not settings.cert:
            raise SettingsError("SOCKETSCOPE_KEY is set and SOCKETSCOPE_CERT is not; both belong together")
        if settings.cert:
            self._context()  # a file that cannot be used is told before anybody connects

    @property
    def possible(self) -> bool:
        """Is there a certificate, or can one be made?"""
        return bool(self._settings.cert) or can_make()

    def wrap(self, raw: socket, pieces: Iterable[tuple[int, bytes]]) -> TlsSocket:
        """A socket with TLS on `raw`, whose first bytes were read already. Raises OSError."""
        try:
            context = self._context()
        except (ValueError, RuntimeError) as error:  # files that have changed, a name that cannot be, no home
            raise OSError(str(error)) from None
        keys = _KeyPipe(context) if self._trusted else None
        return TlsSocket(raw, context, pieces, keys)

    def context(self) -> ssl.SSLContext:
        """A context for another listener of this server, which shows the same certificate. Raises OSError."""
        try:
            return self._context()
        except (ValueError, RuntimeError) as error:
            raise OSError(str(error)) from None

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
        # Another connection has another context, which could not redeem a ticket; and clients that read and write in
        # two threads have been seen to lose their request over the one that comes right behind the handshake.
        context.num_tickets = 0
        context.set_alpn_protocols(["http/1.1"])
        if not self._settings.cert:
            with self._lock:
                context.load_cert_chain(certificate(state_folder(self._settings), self._names))
            return context
        try:
            context.load_cert_chain(self._settings.cert, self._settings.key or None, password=lambda: b"")
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            raise SettingsError(f"SOCKETSCOPE_CERT or SOCKETSCOPE_KEY cannot be used ({why})") from None
        return context


def state_folder(settings: Settings) -> Path:
    """Where what is made on first use is kept."""
    if settings.state_dir:
        return Path(settings.state_dir)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "socketscope"


def _names(settings: Settings, host: str) -> tuple[str, ...]:
    """The names that the certificate is for: this machine, the address bound to, and the names in the settings."""
    names = dict.fromkeys((*ALWAYS, *sorted(settings.host_names)))
    try:
        if not ipaddress.ip_address(host).is_unspecified:
            names[host] = None
    except ValueError:
        names[host.lower()] = None
    return tuple(names)


class _KeyPipe:
    """The key log of one context, in memory: the ssl module wants a file name, and a pipe has one."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._ends: tuple[int, ...] = os.pipe()
        os.set_blocking(self._ends[0], False)
        try:
            context.keylog_filename = f"/dev/fd/{self._ends[1]}"
        except OSError:  # a system on which descriptors have no names keeps no key log
            self._close()

    def take(self) -> bytes:
        """What was logged; nothing more is logged from now on."""
        self._context.keylog_filename = None  # type: ignore[assignment]  # None is how it is turned off
        try:
            return os.read(self._ends[0], KEYLOG_BYTES) if self._ends else b""
        except OSError:  # nothing was logged
            return b""
        finally:
            self._close()

    def _close(self) -> None:
        for end in self._ends:
            os.close(end)
        self._ends = ()
