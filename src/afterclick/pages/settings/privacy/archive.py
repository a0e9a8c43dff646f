"""A person's archive on its way out: in a file that is gone once it is sent."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from fastapi.responses import StreamingResponse

from afterclick.web.desk import Desk
from afterclick.web.lens import Lens

ZIP = "application/zip"
_BLOCK = 1 << 20


def archive(desk: Desk, lens: Lens, who: str) -> StreamingResponse:
    """All records of a person of the lens's site; Content-Location names the request that this made.

    Raises InvalidInput for what is no id, and NotFound for whom there is no record of.
    """
    file = TemporaryFile(dir=desk.settings.temporary)  # noqa: SIM115 - closed when it is sent
    try:
        made = desk.privacy.export(lens.viewer, lens.scope.site, who, file)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="person-{made.id}.zip"',
        "Content-Location": f"/api/v1/privacy/requests/{made.id}",
    }
    return StreamingResponse(_sent(file), media_type=ZIP, headers=headers)


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block
