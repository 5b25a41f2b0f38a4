"""Evidence files: kept with the incident, given back for download."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.incident import acted
from handrail.api.incident_view import IncidentDetail
from handrail.api.openapi import BODY
from handrail.api.problem import AnyRequest
from handrail.core import limits
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError, NotFoundError
from handrail.core.incident.incident import Evidence
from handrail.ports.store import Transaction
from handrail.usecases.desk import viewer_of
from handrail.usecases.evidence import EvidenceFile, attach
from handrail.usecases.incident_record import find

RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Shown in the browser; everything else is only ever saved to a file."""
FORM = "multipart/form-data"
FORM_OVERHEAD_BYTES = 64 * 1024
PLAIN = "application/octet-stream"
_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
UPLOAD: dict[str, Any] = {
    "required": True,
    "content": {
        PLAIN: {"schema": _FILE},
        FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": _FILE, "note": {"type": "string"}},
            }
        },
    },
}
"""The body as the OpenAPI document has it: the framework sees none."""

FileName = Annotated[
    str,
    QueryParameter(
        name="name", max_length=255, description="The file's name; a form has its own."
    ),
]
FileNote = Annotated[
    str,
    QueryParameter(
        name="note", max_length=1024, description="What it shows, in a few words."
    ),
]


@post(
    "/incidents/{incident:str}/evidence",
    opt={"verb": Verb.INCIDENT_ACT, BODY: UPLOAD},
    request_max_body_size=limits.EVIDENCE_BYTES_MAX + FORM_OVERHEAD_BYTES,
    tags=["timeline"],
)
async def attach_evidence(
    incident: FromPath[str],
    request: AnyRequest,
    deps: GivenDeps,
    actor: GivenActor,
    file_name: FileName = "",
    note: FileNote = "",
) -> IncidentDetail:
    """Keep a file of at most 10 MiB: the body itself, or the file of a form."""
    file = await _uploaded(request, file_name, note)
    return await sync_to_thread(
        lambda: acted(deps, actor, lambda desk: attach(desk, incident, file))
    )


async def _uploaded(request: AnyRequest, name: str, note: str) -> EvidenceFile:
    """Return the file of the request.

    Raises:
        InvalidError: A form without a file.
    """
    media_type = request.headers.get("content-type", PLAIN).partition(";")[0].strip()
    if media_type.lower() != FORM:
        content = await request.body()
        named = name or "evidence"
        return EvidenceFile(
            name=named, media_type=media_type, content=content, note=note
        )
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        msg = "the form holds no file; send it as the part named file"
        raise InvalidError(msg, fields={"file": "is missing"})
    return EvidenceFile(
        name=name or file.filename,
        media_type=file.content_type,
        content=await file.read(),
        note=note or str(form.get("note", "")),
    )


@get(
    "/incidents/{incident:str}/evidence/{evidence_id:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    media_type=PLAIN,
    tags=["timeline"],
)
def get_evidence(
    incident: FromPath[str],
    evidence_id: FromPath[str],
    deps: GivenDeps,
    actor: GivenActor,
) -> Response[bytes]:
    """Return the content of a file; only raster images are for looking at directly."""

    def look(tx: Transaction) -> tuple[Evidence, bytes]:
        found = find(tx, incident, viewer=viewer_of(actor))
        kept = next((file for file in found.evidence if file.id == evidence_id), None)
        content = tx.incident.evidence(kept.id) if kept else None
        if kept is None or content is None:
            msg = f"{found.name} has no evidence {evidence_id!r}"
            raise NotFoundError(msg)
        return kept, content

    kept, content = deps.store.read(look)
    is_image = kept.media_type.lower() in RASTER
    name = quote(kept.name, safe="")
    return Response(
        content,
        media_type=kept.media_type.lower() if is_image else PLAIN,
        headers={
            "Content-Disposition": (
                f"{'inline' if is_image else 'attachment'}; filename*=UTF-8''{name}"
            ),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (attach_evidence, get_evidence)
