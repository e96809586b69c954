"""What a chat client itself says to a person, in the language of their client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language; names in braces are filled with `str.format`."""

    required: str
    too_short: str
    too_long: str
    not_a_number: str
    too_small: str
    too_large: str
    not_an_email: str
    not_a_url: str
    not_a_date: str
    not_a_time: str
    too_many: str
    command_failed: str
    press_failed: str
    submit_failed: str
    wrong_form: str
    went_wrong: str
    file_allowed: str
    file_declined: str


ENGLISH = Words(
    required="Please complete this required field.",
    too_short="Please enter at least {least} characters.",
    too_long="Please enter no more than {most} characters.",
    not_a_number="Please enter a number.",
    too_small="Please enter a number of at least {least}.",
    too_large="Please enter a number of at most {most}.",
    not_an_email="Please enter a valid email address.",
    not_a_url="Please enter a valid URL.",
    not_a_date="Please enter a valid date.",
    not_a_time="Please enter a valid time.",
    too_many="Please choose no more than {most}.",
    command_failed="{command} failed with the error “{reason}”",
    press_failed="This app responded with an error: {reason}. Please try again.",
    submit_failed="We had some trouble connecting. Try again? ({reason})",
    wrong_form="Please enter it in the form that is asked for.",
    went_wrong="Something went wrong. Please try again. ({reason})",
    file_allowed="Allow",
    file_declined="Decline",
)

ITALIAN = Words(
    required="Compila questo campo obbligatorio.",
    too_short="Scrivi almeno {least} caratteri.",
    too_long="Scrivi al massimo {most} caratteri.",
    not_a_number="Scrivi un numero.",
    too_small="Scrivi un numero non inferiore a {least}.",
    too_large="Scrivi un numero non superiore a {most}.",
    not_an_email="Scrivi un indirizzo e-mail valido.",
    not_a_url="Scrivi un indirizzo web valido.",
    not_a_date="Scrivi una data valida.",
    not_a_time="Scrivi un’ora valida.",
    too_many="Scegli al massimo {most} voci.",
    command_failed="{command} non è riuscito: errore “{reason}”",
    press_failed="L’app ha risposto con un errore: {reason}. Riprova.",
    submit_failed="Il collegamento non è riuscito. Riprovare? ({reason})",
    wrong_form="Scrivilo nella forma richiesta.",
    went_wrong="Si è verificato un problema. Riprova. ({reason})",
    file_allowed="Consenti",
    file_declined="Rifiuta",
)


def words_of(locale: str) -> Words:
    """The words of a locale ("it-IT"); English for a language that is not here."""
    return ITALIAN if locale.startswith("it") else ENGLISH
