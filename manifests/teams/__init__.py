"""The app package for Teams (learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package): a zip
of the manifest, two icons and the texts in Italian. The texts are in ``en.json`` and ``it.json`` beside this file.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

SCHEMA = "1.30"
VERSION = "1.0.0"
MOST_COMMANDS = 12
LANGUAGES = ("en", "it")
BRING = "composeExtensions[0].commands[0]"
Json = dict[str, Any]
Commands = Mapping[str, Sequence[tuple[str, str]]]
"""By language: what can be typed, and what it does; in the same order in each."""


def teams_manifest(app_id: str, base_url: str, commands: Commands, pages: Mapping[str, str]) -> Json:
    """The manifest, in English. ``pages``: addresses of the company's own ``website``, ``privacy`` and ``terms``."""
    words = _words("en")
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": app_id,
        "developer": {
            "name": "Inverso",
            "websiteUrl": pages["website"],
            "privacyUrl": pages["privacy"],
            "termsOfUseUrl": pages["terms"],
        },
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "it", "file": "it.json"}],
        },
        "name": {"short": words["name.short"], "full": words["name.full"]},
        "description": {"short": words["description.short"], "full": words["description.full"]},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0D5C5A",
        "bots": [_bot(app_id, commands["en"])],
        "composeExtensions": [_on_a_message(app_id, words)],
        "defaultInstallScope": "personal",
        "validDomains": [urlsplit(base_url).netloc],
    }


def _bot(app_id: str, commands: Sequence[tuple[str, str]]) -> Json:
    listed = [{"title": title, "description": what} for title, what in commands[:MOST_COMMANDS]]
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": True,
        "isNotificationOnly": False,
        "commandLists": [{"scopes": ["personal"], "commands": listed}],
    }


def _on_a_message(app_id: str, words: Mapping[str, str]) -> Json:
    """On a message: its words go into the form for a question."""
    bring = {
        "id": "session.bring",
        "type": "action",
        "context": ["message"],
        "fetchTask": True,
        "title": words[f"{BRING}.title"],
        "description": words[f"{BRING}.description"],
    }
    return {"botId": app_id, "commands": [bring]}


def localisation(language: str, commands: Commands) -> Json:
    """The texts of the manifest in another language."""
    told = dict(_words(language))
    for number, (title, what) in enumerate(commands[language][:MOST_COMMANDS]):
        told[f"bots[0].commandLists[0].commands[{number}].title"] = title
        told[f"bots[0].commandLists[0].commands[{number}].description"] = what
    schema = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.Localization.schema.json"
    return {"$schema": schema, **told}


def teams_package(app_id: str, base_url: str, commands: Commands, pages: Mapping[str, str]) -> bytes:
    """The zip that an administrator uploads."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.json", _text(teams_manifest(app_id, base_url, commands, pages)))
        package.writestr("it.json", _text(localisation("it", commands)))
        for icon in ("color.png", "outline.png"):
            package.writestr(icon, _beside(icon).read_bytes())
    return written.getvalue()


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _words(language: str) -> dict[str, str]:
    told: dict[str, str] = json.loads(_beside(f"{language}.json").read_text(encoding="utf-8"))
    return told


def _beside(name: str) -> Any:
    return resources.files(__package__).joinpath(name)
