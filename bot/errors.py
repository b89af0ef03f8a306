"""Everything that can go wrong in a way we expect. Whether trying again may help is a property of the class.

StrilloneError
├── SettingsError            configuration or environment, all problems at once
├── StoreError               the database cannot be used as it is
│   ├── StoreTooNew          written by a newer program
│   ├── DatabaseUnavailable  its disk or server is in trouble  (again, when that is over)
│   │   ├── WriteConflict    another process wrote the same    (again, at once)
│   │   └── WorkLost         others do this work by now        (not here)
│   └── LeaseHeld            another process runs on it
├── BackupError              a backup cannot be made, read or brought in
├── FeedError                a feed or page could not be read
│   ├── AddressRefused       an address we never visit
│   ├── Unreachable          no answer, or cut off             (again)
│   ├── HostBusy             too much is asked of its host     (again, later)
│   ├── HttpFailed           an answer that is not a document  (again, unless gone)
│   ├── TooLarge             more than we take
│   └── NotAFeed             a document, but no feed
│       └── NoDocument       no text at all: a picture, a PDF
├── OffloadError             work in a child process
│   ├── DeadlineMissed       took too long and was ended
│   └── ChildDied            crashed or outgrew its memory
├── ModelError               a model wrote nothing
│   ├── ModelFailed          it gave nothing usable
│   └── OverBudget           what may be spent is spent        (again, later)
├── DeliveryError            an operation did not simply succeed
│   ├── NotSent              certainly without effect          (again)
│   ├── Unsure               may have had its effect           (look first)
│   ├── Refused              the platform will never take it
│   ├── ChannelLost          we may not post there, or it is gone
│   ├── ChannelMoved         it has another address now        (again, there)
│   └── PlatformDown         the platform or our token does not work at all
└── CallError                what a person asked cannot be done; the text says what is right
"""

from collections.abc import Sequence
from datetime import datetime


class StrilloneError(Exception):
    """The root: its text is a whole sentence for the person who can mend it."""

    is_retryable = False


class SettingsError(StrilloneError):
    """Settings cannot be used. `problems` holds one sentence each: file, key, what was found, what is
    allowed.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class StoreError(StrilloneError):
    """The database cannot be used as it is."""


class StoreTooNew(StoreError):
    """The database was written by a newer program."""


class DatabaseUnavailable(StoreError):
    """The machine does not let us use the database: a full disk, a lock, a server that is away. Nothing of
    the transaction is kept.
    """

    is_retryable = True


class WriteConflict(DatabaseUnavailable):
    """Another process wrote the same at the same time. Nothing of the transaction is kept; done again it goes
    through.
    """


class WorkLost(DatabaseUnavailable):
    """This process stood still so long that others took over its work: nothing that it does of that is
    kept.
    """

    is_retryable = False


class LeaseHeld(StoreError):
    """Another process runs on this database."""


class BackupError(StrilloneError):
    """A backup cannot be made, read or brought in as things are."""


class FeedError(StrilloneError):
    """A feed or page could not be read."""


class AddressRefused(FeedError):
    """An address that no feed, page or redirect may reach."""


class Unreachable(FeedError):
    """No answer, a broken connection, or too slow."""

    is_retryable = True


class HostBusy(FeedError):
    """Too many requests of ours wait for this host; nothing was asked. Try again after `after` seconds."""

    is_retryable = True

    def __init__(self, text: str, after: float) -> None:
        self.after = after
        super().__init__(text)


class HttpFailed(FeedError):
    """The server answered, but not with the document. `retry_after` is in seconds, 0 if it named none."""

    is_retryable = True

    def __init__(self, text: str, status: int, retry_after: int = 0) -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(text)


class TooLarge(FeedError):
    """The document is larger than we take."""


class NotAFeed(FeedError):
    """The document is not a feed we can read."""


class NoDocument(NotAFeed):
    """What an address gives is no page either, and leads to no feed."""


class OffloadError(StrilloneError):
    """Work in a child process did not finish."""


class DeadlineMissed(OffloadError):
    """The work took longer than it may and was ended."""


class ChildDied(OffloadError):
    """The child crashed or outgrew its memory."""


class ModelError(StrilloneError):
    """A model wrote nothing; the sources' own sentences are told."""


class ModelFailed(ModelError):
    """The endpoint did not answer, or gave nothing usable; the text says what."""


class OverBudget(ModelError):
    """A call would pass a budget. `until` is the moment from which there is room again."""

    is_retryable = True

    def __init__(self, text: str, until: datetime) -> None:
        self.until = until
        super().__init__(text)


class DeliveryError(StrilloneError):
    """An operation did not simply succeed."""


class NotSent(DeliveryError):
    """Certainly without effect; try again after `after` seconds."""

    is_retryable = True

    def __init__(self, text: str, after: float = 5.0) -> None:
        self.after = after
        super().__init__(text)


class Unsure(DeliveryError):
    """The request left and no answer came: it may have had its effect."""


class Refused(DeliveryError):
    """The platform will never take this message."""


class ChannelLost(DeliveryError):
    """We may not post in this channel, or it does not exist any more."""


class ChannelMoved(DeliveryError):
    """The channel has another address now."""

    is_retryable = True

    def __init__(self, text: str, address: str) -> None:
        self.address = address
        super().__init__(text)


class PlatformDown(DeliveryError):
    """The platform cannot be used: the token is wrong (`final`) or its servers do not answer."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(text)


class CallError(StrilloneError):
    """What a person asked cannot be done. The text says what was found, what is right, and an example.

    It is kept as a template with its values, so that it can be said in the language of the asker.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))
