"""What our processes say on standard error: JSON lines, or plain ones on a terminal; never a secret.

Everything that is said comes this way: our own lines, those of libraries, warnings, and what ended a thread.
"""

from afterclick.log.configuring import configure, configure_for_a_verb
from afterclick.log.recent import Recent, Said
from afterclick.log.redaction import redacted, without_secrets

__all__ = ["Recent", "Said", "configure", "configure_for_a_verb", "redacted", "without_secrets"]
