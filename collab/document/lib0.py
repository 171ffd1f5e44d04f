"""Numbers and strings as Yjs writes them: the format of its library lib0 (encoding.js), read strictly."""

MAX_NUMBER = 2**53 - 1  # the largest integer that JavaScript counts exactly


class ProtocolError(ValueError):
    """These bytes are not a message of the protocol."""


class Reader:
    """Reads lib0 values one after the other; raises ProtocolError where the bytes do not hold one."""

    __slots__ = ('data', 'position')

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def read_uint(self) -> int:
        """The next number, 0 to MAX_NUMBER. No honest writer spends more bytes on it than need be."""
        data, position = self.data, self.position
        try:
            byte = data[position]
            if byte < 128:
                self.position = position + 1
                return byte
            value, shift = byte & 127, 7
            # At most 8 bytes: without this cap 200 kB of 0xff take seconds (T10).
            while byte >= 128 and shift < 56:
                position += 1
                byte = data[position]
                value |= (byte & 127) << shift
                shift += 7
        except IndexError:
            raise ProtocolError('the bytes end within a number') from None
        if not 0 < byte < 128 or value > MAX_NUMBER:
            raise ProtocolError('a number is too long')
        self.position = position + 1
        return value

    def read_byte(self) -> int:
        """The next byte, 0 to 255."""
        if self.position >= len(self.data):
            raise ProtocolError('the bytes end too soon')
        self.position += 1
        return self.data[self.position - 1]

    def read_bytes(self) -> bytes:
        """The next length-prefixed byte string."""
        length = self.read_uint()
        start, self.position = self.position, self.position + length
        if self.position > len(self.data):
            raise ProtocolError('the bytes end too soon')
        return self.data[start : self.position]

    def read_string(self) -> str:
        """The next length-prefixed string, strict UTF-8."""
        try:
            return self.read_bytes().decode()
        except UnicodeDecodeError:
            raise ProtocolError('a string is not UTF-8') from None

    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self.position == len(self.data)


def uint(number: int) -> bytes:
    """A number from 0 on as lib0 writes it: seven bits a byte, the lowest first."""
    if number < 128:
        return bytes((number,))
    groups = bytearray()
    while number >= 128:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def var_bytes(data: bytes) -> bytes:
    """Bytes, with their length in front."""
    return uint(len(data)) + data


def var_string(text: str) -> bytes:
    """A string in UTF-8, with its length in bytes (not characters) in front."""
    return var_bytes(text.encode())
