"""The editor element on the Python side: a value element whose value many people share."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable

import pytest
from nicegui import core, ui
from nicegui.testing import User

from collab.document import protocol
from collab.document.people import guest
from collab.editor import channel as channel_module
from collab.editor import line as line_module
from collab.editor.channel import Channel, Switchboard
from collab.editor.element import PageAction, SharedEditor
from collab.editor.pieces import PIECE
from collab.rooms.room import Room
from tests.support.rooms import becomes, open_room

pytestmark = pytest.mark.nicegui_main_file(None)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with open_room(text='hello') as room:
        yield room


@pytest.fixture
def editors(room: Room) -> list[SharedEditor]:
    """A page at / with an editor of `room`; the editors of all who opened it, in order."""
    made: list[SharedEditor] = []

    def page() -> None:
        made.append(SharedEditor(room, guest(f'person-{len(made)}')))

    ui.page('/')(page)
    return made


async def test_two_users_write_in_one_text(
    user: User, create_user: Callable[[], User], editors: list[SharedEditor], room: Room
) -> None:
    other = create_user()
    await user.open('/')
    await other.open('/')
    user.find(SharedEditor).type(' world')
    await other.should_see('hello world')
    other.find(SharedEditor).type('!')
    await user.should_see('hello world!')
    assert room.text == 'hello world!'
    assert len(room.people()) == 2
    user.find(SharedEditor).clear()
    assert room.text == ''


async def test_the_browser_is_told_whose_edits_it_keeps_and_of_which_life(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    await user.open('/')
    told = editors[0].props
    assert (told['document'], told['epoch'], told['author']) == (room.id, str(room.epoch), 'person-0')


async def test_the_text_never_travels_in_properties(user: User, editors: list[SharedEditor]) -> None:
    await user.open('/')
    editors[0].value = 'secret text'
    assert 'secret' not in str(editors[0]._to_dict())
    assert 'hello' not in str(editors[0]._to_dict())
    assert not any(listener.type == 'update:value' for listener in editors[0]._event_listeners.values())


async def test_opening_a_page_costs_the_same_however_long_the_text_is(
    user: User, editors: list[SharedEditor], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: Room) -> str:
        raise AssertionError('somebody reads the whole text')

    with monkeypatch.context() as patch:
        patch.setattr(Room, 'text', property(read))
        await user.open('/')
    assert editors[0].value == 'hello'


async def test_on_change_follows_whoever_writes_and_not_too_often(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    await user.open('/')
    heard: list[tuple[str, str | None]] = []
    assert len(room._watchers) == 1  # the hub
    editors[0].on_value_change(lambda event: heard.append((event.previous_value, event.value)))
    editors[0].on_value_change(lambda event: None)
    assert len(room._watchers) == 2
    for letter in '!?':
        room.insert(len(room.text), letter)
    await becomes(lambda: heard)
    assert heard == [('hello', 'hello!?')]
    room.insert(0, 'x')
    room.delete(0, 1)
    await becomes(lambda: editors[0]._due is not None)
    await becomes(lambda: editors[0]._due is None)
    assert len(heard) == 1


async def test_a_label_bound_to_the_text_follows_it(user: User, room: Room) -> None:
    heard: list[str] = []

    def page() -> None:
        editor = SharedEditor(room, guest('ann'), on_change=lambda event: heard.append(event.value))
        ui.label().bind_text_from(editor, 'value', lambda text: f'{len(text)} characters')

    ui.page('/')(page)
    await user.open('/')
    await user.should_see('5 characters')
    room.insert(5, ' world')
    await user.should_see('11 characters')
    await becomes(lambda: heard == ['hello world'])


async def test_disable_makes_it_read_only_on_the_server_too(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    await user.open('/')
    editors[0].disable()
    user.find(SharedEditor).type('!')
    assert room.text == 'hello'
    talk = Talk(editors[0])
    talk.hello()
    talk.type('x')
    assert await talk.refusal() == 'read-only'
    assert room.text == 'hello'
    editors[0].enable()
    user.find(SharedEditor).type('!')
    assert room.text == 'hello!'


async def test_a_page_that_is_gone_leaves_the_room(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    client = await user.open('/')
    editors[0].on_value_change(lambda event: None)
    editors[0]._last_change = asyncio.get_running_loop().time()
    room.insert(0, 'x')
    await becomes(lambda: editors[0]._due is not None)
    assert len(room.people()) == 1
    client.delete()
    assert room.people() == ()
    assert len(room._watchers) == 1


async def test_a_page_that_loses_its_connection_leaves_at_once_and_comes_back(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    client = await user.open('/')
    (socket,) = client._socket_to_document_id
    client.handle_disconnect(socket)
    assert room.people() == ()
    await client.handle_handshake('test-again', user.tab_id, None, 'document', None)
    await client.handle_handshake('test-and-again', user.tab_id, None, 'document', None)
    assert len(room.people()) == 1


async def test_an_editor_that_was_deleted_does_not_come_back_with_the_connection(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    client = await user.open('/')
    talk = Talk(editors[0])
    editors[0].delete()
    assert room.people() == ()
    await client.handle_handshake('test-again', user.tab_id, None, 'document', None)
    talk.hello()
    assert room.people() == ()


class Talk:
    """A browser that speaks to an editor over NiceGUI's socket, without the browser."""

    def __init__(self, editor: SharedEditor, socket: str = 'socket-1') -> None:
        self.editor = editor
        self.socket = socket
        editor.client._socket_to_document_id[socket] = 'document'

    def say(self, frame: bytes, piece: int = 10_000) -> None:
        assert self.editor.channel is not None
        text = b64encode(frame).decode()
        for start in range(0, max(1, len(text)), piece):
            self.editor.channel.take(self.socket, text[start : start + piece], start + piece < len(text))

    def hello(self) -> None:
        self.say(protocol.step1(b'\x00'))

    def type(self, text: str, client: int = 7) -> None:
        content = protocol.var_string(text)
        update = b'\x01\x01' + protocol.uint(client) + b'\x00\x04\x01\x07content' + content + b'\x00'
        self.say(protocol.update(update), piece=5)

    async def refusal(self) -> str:
        channel = self.editor.channel
        assert channel is not None
        assert channel._peer is not None
        await becomes(lambda: channel._peer is None or channel._peer.refusal is not None)
        assert channel._peer.refusal is not None
        return channel._peer.refusal[0]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What the server sent to browsers: (socket, frame). They confirm each piece that they are asked to."""
    frames: list[tuple[str, bytes]] = []
    pieces: list[str] = []

    async def emit(
        event: str, data: tuple[int, str, bool], to: str, callback: Callable[[], None] = lambda: None
    ) -> None:
        assert event == 'collab'
        pieces.append(data[1])
        callback()
        if not data[2]:
            frames.append((to, b64decode(''.join(pieces))))
            pieces.clear()

    monkeypatch.setattr(core.sio, 'emit', emit)
    return frames


async def test_a_browser_gets_the_text_and_its_edits_are_confirmed(
    user: User, editors: list[SharedEditor], room: Room, sent: list[tuple[str, bytes]]
) -> None:
    await user.open('/')
    talk = Talk(editors[0])
    talk.hello()
    await becomes(lambda: len(sent) == 3)
    assert sent[0] == ('socket-1', protocol.step2(room.document.snapshot()))
    talk.type('typed')
    await becomes(lambda: ('socket-1', protocol.saved(1)) in sent)
    assert sorted(room.text) == sorted('hellotyped')


async def test_a_large_frame_goes_in_pieces_as_they_arrive_and_small_ones_wait_their_turn(
    user: User, editors: list[SharedEditor], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, bool]] = []
    under_way: list[Callable[[], None]] = []
    slow = True

    async def emit(
        event: str, data: tuple[int, str, bool], to: str, callback: Callable[[], None] = lambda: None
    ) -> None:
        sent.append(data[1:])
        under_way.append(callback)
        if not slow:
            callback()

    monkeypatch.setattr(core.sio, 'emit', emit)
    room.set_text('x' * 1_000_000)
    await room.saved()
    await user.open('/')
    Talk(editors[0]).hello()
    await becomes(lambda: len(under_way) == 2)
    room.insert(0, 'typed meanwhile')
    await room.saved()
    assert len(sent) == 2
    slow = False
    for arrived in under_way:
        arrived()
    await becomes(lambda: [more for _, more in sent].count(False) == 4)
    assert all(len(piece) <= PIECE for piece, _ in sent)
    frames = [b'']
    for piece, more in sent:
        frames[-1] += b64decode(piece)
        frames += [] if more else [b'']
    text, update = protocol.decode(frames[0]), protocol.decode(frames[3])
    assert isinstance(text, protocol.SyncStep2)
    assert isinstance(update, protocol.Update)
    assert len(text.update) > 1_000_000
    assert b'typed meanwhile' in update.update


async def test_a_browser_that_goes_while_it_is_sent_much_is_waited_for_no_more(
    user: User, editors: list[SharedEditor], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    async def emit(event: str, data: tuple[int, str, bool], **_: object) -> None:
        sent.append(data[1])

    monkeypatch.setattr(core.sio, 'emit', emit)
    room.set_text('x' * 1_000_000)
    await user.open('/')
    Talk(editors[0]).hello()
    await becomes(lambda: len(sent) == 2)
    channel = editors[0].channel
    assert channel is not None
    sending = channel._sending
    assert sending is not None
    channel.disconnect()
    channel.close()
    await becomes(sending.done)
    assert len(sent) == 2


async def test_a_browser_that_comes_back_on_a_new_socket_is_counted_once(
    user: User, editors: list[SharedEditor], room: Room, sent: list[tuple[str, bytes]]
) -> None:
    client = await user.open('/')
    old, new = Talk(editors[0], 'old'), Talk(editors[0], 'new')
    old.hello()
    new.hello()
    await becomes(lambda: any(socket == 'new' for socket, _ in sent))
    assert len(room.company.peers) == 1
    client.handle_disconnect('old')
    assert len(room.company.peers) == 1
    client.handle_disconnect('new')
    assert len(room.company.peers) == 0


async def test_what_a_browser_said_before_it_went_is_taken_in_and_leaves_nobody_behind(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    client = await user.open('/')
    talk = Talk(editors[0])
    talk.hello()
    for socket in list(client._socket_to_document_id):
        client.handle_disconnect(socket)
    assert room.people() == ()
    talk.type('!')
    assert sorted(room.text) == sorted('hello!')
    await asyncio.sleep(0)
    assert room.people() == ()
    assert editors[0].channel is not None
    editors[0].channel.take('socket-1', 'AAAA', True)
    await asyncio.sleep(0)
    assert room.people() == ()


@pytest.mark.parametrize('gone', [True, False])
async def test_what_comes_late_over_an_old_socket_does_not_end_what_the_new_one_hears(
    user: User, editors: list[SharedEditor], room: Room, sent: list[tuple[str, bytes]], gone: bool
) -> None:
    client = await user.open('/')
    old, new = Talk(editors[0], 'old'), Talk(editors[0], 'new')
    old.hello()
    new.hello()
    if gone:
        client.handle_disconnect('old')
    old.type('said again over the new one')
    if not gone:
        client.handle_disconnect('old')
    room.insert(0, 'heard')
    await becomes(lambda: any(socket == 'new' and b'heard' in frame for socket, frame in sent))


async def test_who_is_connected_anew_and_has_not_spoken_is_here_whatever_comes_late(
    user: User, editors: list[SharedEditor], room: Room
) -> None:
    client = await user.open('/')
    old = Talk(editors[0], 'old')
    old.hello()
    for socket in list(client._socket_to_document_id):
        client.handle_disconnect(socket)
    await client.handle_handshake('test-again', user.tab_id, None, 'document', None)
    old.type('!')
    await becomes(lambda: editors[0].channel is not None and editors[0].channel._socket is None)
    assert len(room.people()) == 1


async def test_a_frame_too_large_is_refused_before_it_is_whole(
    user: User, editors: list[SharedEditor], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, 'FRAME_LIMIT', 1_000)
    await user.open('/')
    talk = Talk(editors[0])
    talk.hello()
    talk.say(b'x' * 2_000, piece=100)
    assert await talk.refusal() == 'too-large'


async def test_what_is_not_base64_is_refused(user: User, editors: list[SharedEditor]) -> None:
    await user.open('/')
    talk = Talk(editors[0])
    assert editors[0].channel is not None
    editors[0].channel.take('socket-1', 'no base64 ü', False)
    assert await talk.refusal() == 'update'


async def test_a_half_sent_frame_that_had_to_go_is_asked_for_again(
    user: User, editors: list[SharedEditor], room: Room, sent: list[tuple[str, bytes]]
) -> None:
    await user.open('/')
    talk = Talk(editors[0])
    talk.hello()
    await becomes(lambda: len(sent) == 3)
    channel = editors[0].channel
    assert channel is not None
    frame = b64encode(protocol.update(b'\x00\x00')).decode()
    assert channel.take('socket-1', frame[:4], True) == 0.0
    unfinished = room.allowances.unfinished
    assert unfinished.total == 4
    unfinished.has('somebody else', unfinished._most, lambda: None)
    assert channel.take('socket-1', frame[4:], False) == 0.0
    await becomes(lambda: sent[-1][1].startswith(protocol.QUESTION))
    unfinished.done('somebody else')
    assert unfinished.total == 0
    channel.take('socket-1', frame[:4], True)
    channel.close()
    assert unfinished.total == 0


async def test_a_page_that_fell_behind_is_told_to_ask_again(
    user: User, editors: list[SharedEditor], room: Room, sent: list[tuple[str, bytes]]
) -> None:
    await user.open('/')
    talk = Talk(editors[0])
    talk.hello()
    await becomes(lambda: len(sent) == 3)
    channel = editors[0].channel
    assert channel is not None
    assert channel._peer is not None
    channel._peer._fall_behind()
    await becomes(lambda: sent[-1] == ('socket-1', protocol.resync()))
    talk.hello()
    await becomes(lambda: len(sent) == 7)


async def test_messages_find_their_editor_by_the_servers_own_record(
    user: User, editors: list[SharedEditor], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await user.open('/')
    switchboard = Switchboard()
    taken: list[tuple[str, str, bool]] = []
    monkeypatch.setattr(Channel, 'take', lambda self, *message: taken.append(message))
    rooms = {'mine': [client.id, 'mine'], 'foreign': ['foreign']}
    monkeypatch.setattr(core.sio, 'rooms', lambda socket: rooms[socket])
    for _ in range(2):
        switchboard.receive('mine', editors[0].id, 'AA==', False)
    switchboard.receive('mine', 9_999, 'AA==', False)
    switchboard.receive('mine', editors[0].id + 10_000, 'AA==', False)
    switchboard.receive('foreign', editors[0].id, 'AA==', False)
    assert taken == [('mine', 'AA==', False)] * 2
    for nonsense in [(), (1,), ('1', 'AA==', False), (1, 2, 3), (editors[0].id, 'AA==', 'no'), (None,)]:
        switchboard.receive('mine', *nonsense)
    assert len(taken) == 2
    switchboard.register()
    assert 'collab' in core.sio.handlers['/']


async def test_a_crowded_socket_makes_the_next_message_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    class Connection:
        queue: asyncio.Queue[str] = asyncio.Queue()

    for _ in range(line_module.BACKLOG):
        Connection.queue.put_nowait('x')
    monkeypatch.setattr(core.sio.manager, 'eio_sid_from_sid', lambda socket, namespace: 'eio')
    monkeypatch.setattr(core.sio.eio, 'sockets', {'eio': Connection})
    waiting = asyncio.create_task(line_module._room_in('socket'))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    Connection.queue.get_nowait()
    await asyncio.wait_for(waiting, 5)


async def test_the_palette_offers_what_the_page_can_do(user: User, room: Room) -> None:
    done: list[str] = []
    made: list[SharedEditor] = []

    def page() -> None:
        actions = [
            PageAction('Print', lambda: done.append('printed'), 'paper'),
            PageAction('Share', '[data-testid=share]'),
        ]
        made.append(SharedEditor(room, guest('ann'), actions=actions))

    ui.page('/')(page)
    await user.open('/')
    assert made[0].props['actions'] == (
        {'name': 'Print', 'words': 'paper', 'button': ''},
        {'name': 'Share', 'words': '', 'button': '[data-testid=share]'},
    )
    for nonsense in (1, 2, -1, '0', None, True):
        user.find(SharedEditor).trigger('action', nonsense)
    assert done == []
    user.find(SharedEditor).trigger('action', 0)
    assert done == ['printed']
