"""What each kind of member may do with a document: one table, one question."""

from enum import StrEnum


class Role(StrEnum):
    """How far somebody is trusted with one document."""

    VIEWER = 'viewer'
    COMMENTER = 'commenter'
    EDITOR = 'editor'
    OWNER = 'owner'


class Act(StrEnum):
    """Something that may be allowed or not."""

    READ = 'read'
    COMMENT = 'comment'
    CHAT = 'chat'
    EDIT = 'edit'
    RENAME = 'rename'
    DELETE = 'delete'


ALLOWED: dict[Role, frozenset[Act]] = {
    Role.VIEWER: frozenset({Act.READ}),
    Role.COMMENTER: frozenset({Act.READ, Act.COMMENT, Act.CHAT}),
    Role.EDITOR: frozenset({Act.READ, Act.COMMENT, Act.CHAT, Act.EDIT, Act.RENAME}),
    Role.OWNER: frozenset(Act),
}


def may(role: Role, act: Act) -> bool:
    """Whether `role` allows `act`. Every door asks here and nowhere else."""
    return act in ALLOWED[role]
