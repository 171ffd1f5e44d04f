"""A line on a page that says when its connection is lost, and goes when that is back."""

from nicegui import ui

from collab.language.speaking import _
from collab.pages.look import QUIET_COOKIE
from collab.pages.parts import part

FOLLOW = f"""<script>addEventListener('DOMContentLoaded', () => {{
    let timer;
    const tell = (offline) => {{
        const line = document.querySelector('.offline');
        line.ariaLive = /(^|; ){QUIET_COOKIE}=1(;|$)/.test(document.cookie) ? 'off' : 'polite';
        line.textContent = offline ? line.dataset.words : '';
    }};
    const lost = (milliseconds) => {{
        clearTimeout(timer);
        timer = setTimeout(tell, milliseconds, true);
    }};
    socket.on('disconnect', () => lost(1000));
    socket.on('connect', () => {{
        clearTimeout(timer);
        tell(false);
    }});
    if (!socket.connected) lost(5000);
}})</script>"""
"""What lasts a moment is not worth a word, nor that a page takes a while to connect at first.

NiceGUI's own script has made the socket by then. It connects that again by itself, and loads the page anew
when the server kept nothing of it. Whoever wants no news read aloud hears nothing of this, either.
"""


def offline_line() -> ui.element:
    """The line, empty; for pages on which nothing else says it. `FOLLOW` belongs into the same page."""
    words = _(
        'Offline. What you see may be out of date; the page goes on by itself when the connection is back.'
    )
    return part('div', 'offline', role='status', data_words=words)
