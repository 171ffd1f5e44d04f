"""What tests share: stand-ins for the outside, and promises that every implementation of a port must keep."""

import pytest

pytest.register_assert_rewrite('tests.support.store_contract')
