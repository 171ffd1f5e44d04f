"""The choice in which order the documents are shown; the address of the page keeps it."""

from collections.abc import Awaitable, Callable

from nicegui import Client, events

from collab.language.speaking import N_, _
from collab.pages.parts import Words, part
from collab.rooms.shelf import Order

NAMES = {Order.CHANGED: N_('Last changed'), Order.TITLE: N_('Title'), Order.CREATED: N_('Newest')}
KEEP = "history.replaceState(history.state, '', {!r})"


class Sorting:
    """A list of orders to choose from; `on_order` hears of the one that is chosen."""

    def __init__(self, client: Client, order: Order) -> None:
        self.on_order: Callable[[Order], Awaitable[None]] | None = None
        self._client = client
        with part('select', 'sorting', aria_label=_('Sort by'), data_testid='sort') as choice:
            for one, name in NAMES.items():
                option = Words('option', _(name), value=one.value)
                option.props['selected'] = one is order
        choice.on('change', self._chosen, js_handler='(event) => emit(event.target.value)')

    async def _chosen(self, event: events.GenericEventArguments) -> None:
        order = order_of(event.args)
        address = '/' if order is Order.CHANGED else f'/?sort={order.value}'
        self._client.run_javascript(KEEP.format(address))
        if self.on_order is not None:
            await self.on_order(order)


def order_of(name: object) -> Order:
    """The order of this name; the usual one for any other."""
    return next((order for order in Order if order.value == name), Order.CHANGED)
