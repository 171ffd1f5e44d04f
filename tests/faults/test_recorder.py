"""The recorder finds what it is there to find: an oracle that cannot fail proves nothing."""

import pytest

from tests.faults.recorder import Broken, Recorder


def wrote(*who: str) -> tuple[Recorder, list[str]]:
    """A recorder, and one confirmed token of each writer."""
    recorder = Recorder(seed=7)
    tokens = []
    for name in who:
        tokens.append(recorder.token(name))
        recorder.shown(name, 'saving')
        recorder.confirmed(name, tokens[-1:])
        recorder.shown(name, 'saved')
    return recorder, tokens


def test_an_honest_run_passes() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    late = recorder.token('ann')
    recorder.shown('ann', 'offline')
    recorder.fault()
    recorder.check_stored(a + b)
    recorder.confirmed('ann', [late])
    text = a + late + b
    recorder.check_open()
    recorder.check_end({'ann': text, 'bob': text, 'server': text})


def test_a_confirmed_edit_that_is_lost_is_found_before_anybody_can_send_it_again() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match=rf'seed 7.*stored:\n  confirmed .* not in stored: {b}'):
        recorder.check_stored(a)


def test_a_confirmed_edit_that_is_lost_in_the_end_is_found() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match=f'lost and not in ann: {b}'):
        recorder.check_end({'ann': a})


def test_what_others_saw_counts_as_confirmed() -> None:
    recorder = Recorder(seed=7)
    token = recorder.token('foreign')
    recorder.arrived('bob', b'\x01\x02' + token.encode() + b'\x00')
    with pytest.raises(Broken, match=f'shown to others, but not in stored: {token}'):
        recorder.check_stored('')


def test_what_others_saw_on_a_screen_counts_as_confirmed() -> None:
    recorder = Recorder(seed=7)
    mine, theirs = recorder.token('tab'), recorder.token('bob')
    recorder.sees('tab', mine + theirs)
    with pytest.raises(Broken, match=f'not in stored: {theirs}$'):
        recorder.check_stored('')


def test_a_doubled_edit_is_found() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match=f'ann holds more than once: {a}'):
        recorder.check_end({'ann': a + b + a})


@pytest.mark.parametrize('cut', [slice(1, None), slice(None, -1), slice(0, 3)])
def test_a_cut_edit_is_found(cut: slice) -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match='pieces of tokens'):
        recorder.check_end({'ann': a + b[cut]})


def test_an_edit_that_stands_inside_another_is_found() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match='pieces of tokens'):
        recorder.check_end({'ann': a[:3] + b + a[3:]})


def test_a_falsely_confirmed_edit_is_found() -> None:
    recorder = Recorder(seed=7)
    token = recorder.token('ann')
    recorder.confirmed('ann', [token])  # the server said so, and had not written it
    recorder.fault()
    with pytest.raises(Broken, match=f'confirmed .*not in stored: {token}'):
        recorder.check_stored('')


def test_a_page_that_says_saved_too_early_is_found() -> None:
    recorder = Recorder(seed=7)
    token = recorder.token('ann')
    recorder.shown('ann', 'saved')
    with pytest.raises(Broken, match=f'ann says "saved" while these are not: {token}'):
        recorder.fault()


def test_a_page_that_goes_on_saying_saved_is_found() -> None:
    recorder = Recorder(seed=7)
    recorder.shown('ann', 'saved')
    recorder.token('ann')
    with pytest.raises(Broken, match='at the fault ann says "saved"'):
        recorder.fault()


def test_a_tab_of_which_only_the_status_is_known_confirms_what_it_typed_before() -> None:
    recorder = Recorder(seed=7)
    token = recorder.token('tab')
    recorder.all_confirmed('tab')
    recorder.shown('tab', 'saved')
    recorder.fault()
    with pytest.raises(Broken, match=f'not in stored: {token}'):
        recorder.check_stored('')


def test_an_unsaved_edit_that_never_arrives_is_found() -> None:
    recorder, (a,) = wrote('ann')
    late = recorder.token('ann')
    recorder.shown('ann', 'offline')
    recorder.fault()
    with pytest.raises(Broken, match=f'unsaved at the fault, and never in server: {late}'):
        recorder.check_end({'server': a})


def test_an_edit_that_is_never_confirmed_is_found() -> None:
    recorder, _ = wrote('ann')
    late = recorder.token('ann')
    with pytest.raises(Broken, match=f'never confirmed to ann: {late}'):
        recorder.check_open()


def test_replicas_that_differ_are_found_although_each_holds_everything() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    with pytest.raises(Broken, match='ann and server differ'):
        recorder.check_end({'ann': a + b, 'server': b + a})


def test_a_removal_that_comes_back_is_found() -> None:
    recorder, (a, b) = wrote('ann', 'bob')
    recorder.confirmed('ann', [recorder.removal('ann', a)])
    recorder.check_stored(b)
    with pytest.raises(Broken, match=f'removed and confirmed, but still in stored: {a}'):
        recorder.check_stored(a + b)
    with pytest.raises(Broken, match=f'removed, but still in bob: {a}'):
        recorder.check_end({'bob': a + b})


def test_text_that_nobody_typed_is_found() -> None:
    recorder, (a,) = wrote('ann')
    with pytest.raises(Broken, match=r'what nobody typed: <ann\.9>'):
        recorder.check_end({'ann': a + '<ann.9>'})


def test_half_of_a_paste_is_found_and_not_told_at_length() -> None:
    recorder = Recorder(seed=7)
    pasted = recorder.token('ann', padding=5000)
    recorder.confirmed('ann', [pasted])
    with pytest.raises(Broken, match='not in stored: <ann') as told:
        recorder.check_stored(pasted[:2500])
    assert 'pieces of tokens' in str(told.value)
    assert len(str(told.value)) < 500
