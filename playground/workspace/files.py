"""Web API: files, by the upload in three steps.

Source: https://docs.slack.dev/messaging/working-with-files#uploading_files.
"""

from __future__ import annotations

import mimetypes
from dataclasses import replace

from playground.model import Json
from playground.workspace import checks
from playground.workspace.calls import Call, method
from playground.workspace.errors import RefusedError
from playground.workspace.model import File, Message
from playground.workspace.world import World

ALT_TEXT = 1000


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    arguments = call.arguments
    if arguments["length"] <= 0:
        raise RefusedError("invalid_arguments", ["[ERROR] must be greater than 0 [json-pointer:/length]"])
    if len(arguments.get("alt_txt", "")) > ALT_TEXT:
        raise RefusedError("invalid_arguments", ["[ERROR] must be less than 1001 characters [json-pointer:/alt_txt]"])
    name = arguments["filename"]
    file = File(
        id=call.world.new_id("F"),
        name=name,
        length=arguments["length"],
        alt_text=arguments.get("alt_txt", ""),
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    call.world.files[file.id] = file
    return {"upload_url": f"{call.world.base_url}/upload/{file.id}", "file_id": file.id}


def receive(world: World, file_id: str, content: bytes) -> str | None:
    """Take the bytes of an upload; returns the words of a refusal or None."""
    file = world.files.get(file_id)
    if file is None:
        return "no such upload"
    if len(content) != file.length:
        world.complain(f"upload of {file.name}: {len(content)} bytes came where {file.length} were announced")
        return "length differs"
    world.files[file_id] = replace(file, content=content)
    return None


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: once for each upload; with a channel it becomes a message."""
    files = [_uploaded(call, entry) for entry in call.arguments["files"]]
    channel = call.arguments.get("channel_id") or call.arguments.get("channels")
    if channel and channel not in call.world.conversations:
        raise RefusedError("channel_not_found")
    blocks = checks.message_blocks(call.arguments.get("blocks"), call.block_id)
    for file in files:
        call.world.files[file.id] = file
    if channel:
        identity = call.world.identity
        call.world.post(
            Message(
                channel=channel,
                ts=call.world.next_ts(),
                user=identity.bot_user_id,
                text=call.arguments.get("initial_comment", ""),
                blocks=blocks,
                bot_id=identity.bot_id,
                files=tuple(files),
                thread_ts=call.arguments.get("thread_ts"),
            )
        )
    return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}


def _uploaded(call: Call, entry: Json) -> File:
    file = call.world.files.get(entry.get("id", "")) if isinstance(entry, dict) else None
    if file is None or file.shared:
        raise RefusedError("file_not_found")
    if file.content is None:
        raise RefusedError("file_upload_not_complete")
    return replace(file, shared=True, title=entry.get("title") or file.name)


def info(call: Call) -> Json:
    """files.info."""
    file = call.world.files.get(call.arguments["file"])
    if file is None or not file.shared:
        raise RefusedError("file_not_found")
    return {"file": file.payload(call.world.base_url)}


METHODS = {
    "files.getUploadURLExternal": method(
        get_upload_url, "files:write", 4, "filename! length:int! alt_txt snippet_type"
    ),
    "files.completeUploadExternal": method(
        complete_upload, "files:write", 4, "files:json! channel_id channels initial_comment thread_ts blocks:json"
    ),
    "files.info": method(info, "files:read", 4, "file! count:int page:int limit:int cursor"),
}
