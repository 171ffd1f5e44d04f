"""Finds out before the start whether anybody can listen at an address."""

import socket

from collab.settings import Settings, SettingsError


def check_port(settings: Settings) -> None:
    """Raises SettingsError when nobody can listen at this host and port."""
    try:
        places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
    except OSError as error:
        raise SettingsError(
            f'cannot listen on {settings.host}:{settings.port} ({error.strerror}); '
            'stop what uses it, or set COLLAB_PORT or COLLAB_HOST to another'
        ) from None
