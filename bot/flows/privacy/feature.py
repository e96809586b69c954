"""What is kept about a person, who sees it, and how to take it away."""

from bot.flows.privacy import actions
from bot.flows.privacy.conversation import DELETE, EXPORT
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="privacy",
    verbs={
        "privacy.open": Verb(actions.show_notice),
        "privacy.export": Verb(actions.export, form=True),
        "privacy.delete": Verb(actions.delete, form=True),
    },
    commands=(
        Command({"en": ("privacy",), "it": ("privacy", "riservatezza")}, actions.notice, help="privacy.help_privacy"),
        Command({"en": ("export",), "it": ("esporta",)}, actions.export, help="privacy.help_export"),
        Command({"en": ("delete",), "it": ("cancella",)}, actions.delete, help="privacy.help_delete"),
    ),
    conversations=(Conversation(EXPORT, actions.promise_export), Conversation(DELETE, actions.promise_removal)),
    jobs={"privacy.export": JobKind(actions.send_export), "privacy.remove": JobKind(actions.remove)},
)
