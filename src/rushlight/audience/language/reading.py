"""Comments read one by one: language, feeling, emotions, what they name. Equal texts are read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rushlight.artifacts.comments import CommentReading, FeelingLabel, FeelingTerm
from rushlight.audience.language.comments import Comment
from rushlight.audience.language.emotions import find_emotions
from rushlight.audience.language.feeling import Feeling, feel
from rushlight.audience.language.lexicon import Subject
from rushlight.audience.language.naming import Film, times_named
from rushlight.audience.language.screening import WEIGHTS, screen
from rushlight.audience.language.tokens import Token, read_tokens
from rushlight.audience.language.transformer import TransformerFeeling
from rushlight.audience.language.which_language import UNKNOWN, lexicon_of, symbols, which_language

__all__ = ["ReadText", "read_all", "read_text"]

_SURE = 0.33


@dataclass(frozen=True)
class ReadText:
    """What a text alone says."""

    language: str
    label: FeelingLabel
    sum: int | None
    score: float | None
    terms: tuple[FeelingTerm, ...]
    emotions: dict[str, float]
    at_seconds: tuple[float, ...]
    behind_end: int
    scenes: tuple[str, ...]
    characters: tuple[str, ...]


def read_all(
    comments: Sequence[Comment],
    *,
    film: Film,
    subject: Subject = "film",
    model: TransformerFeeling | None = None,
    progress: Callable[[float], None] = lambda done: None,
) -> tuple[list[CommentReading], list[str]]:
    """Read comments.

    Args:
        comments: in the order of their times.
        film: what they may name.
        subject: which lexicon.
        model: a Transformer to take the feeling from; the lexicon by default.
        progress: told how far it is, 0 to 1.

    Returns:
        A reading of each, and what readers of figures have to know, in sentences.
    """
    texts = list(dict.fromkeys(one.text for one in comments))
    scores = dict(zip(texts, model.scores(texts), strict=True)) if model else {}
    known: dict[str, ReadText] = {}
    for number, text in enumerate(texts):
        if number % 2000 == 0:
            progress(number / len(texts))
        known[text] = read_text(text, film, subject, scores.get(text))
    flags = screen(comments, [known[one.text].label for one in comments])
    rows, odd, late = [], 0, 0
    for one, flagged in zip(comments, flags, strict=True):
        read = known[one.text]
        at, was_odd = _own_time(one.at_seconds, film)
        odd += was_odd
        late += read.behind_end
        rows.append(_row(one, read, tuple(dict.fromkeys([*at, *read.at_seconds])), flagged, film))
    notes = []
    if odd:
        notes.append(f"{odd:,} comments stood at a time before the film or behind its end; their times are left out.")
    if late:
        notes.append(f"{late:,} times named in comments lie behind the end and are left out.")
    return rows, notes


def _row(one: Comment, read: ReadText, at: tuple[float, ...], flags: tuple[str, ...], film: Film) -> CommentReading:
    return CommentReading.model_construct(
        id=one.id, author=one.author, title_id=one.title_id, said_at=one.said_at.isoformat() if one.said_at else "",
        text=one.text, parent=one.parent, language=read.language, label=read.label, sum=read.sum, score=read.score,
        terms=read.terms, emotions=read.emotions, at_seconds=at, shots=film.shots_at(list(at)) if at else (),
        scenes=read.scenes, characters=read.characters, flags=flags,
        weight=min((WEIGHTS[flag] for flag in flags), default=1.0),
    )  # fmt: skip


def _own_time(at: float | None, film: Film) -> tuple[list[float], bool]:
    """Where in the film a comment was written, where the player said so and it can be."""
    if at is None:
        return [], False
    if at < 0 or (film.duration_seconds is not None and at > film.duration_seconds):
        return [], True
    return [round(at, 3)], False


def read_text(text: str, film: Film, subject: Subject = "film", model_score: float | None = None) -> ReadText:
    """Read one text; `model_score` is a Transformer's, where one reads along."""
    tokens = read_tokens(text)
    language, _ = which_language(text, tokens)
    found = _feeling(text, tokens, language, subject) if model_score is None else None
    at, late = times_named(text, tokens, film.duration_seconds) if any(letter.isdigit() for letter in text) else ([], 0)
    terms: tuple[FeelingTerm, ...] = ()
    label: FeelingLabel = "unknown"
    total, score = None, None
    if found is not None:
        label, total, score = found.label, found.sum, found.score
        terms = tuple(
            FeelingTerm.model_construct(
                text=one.text, start=one.start, weight=one.weight, factor=one.factor, value=one.value, why=one.why
            )
            for one in found.terms
        )
    elif model_score is not None:
        total = round(1000 * model_score)
        score = total / 1000
        label = "positive" if score > _SURE else "negative" if score < -_SURE else "neutral"
        terms = (
            FeelingTerm(text=text[:80], start=0, weight=score, factor=1.0, value=total, why="the model, of the whole"),
        )
    emotions = find_emotions(tokens) if language in ("en", UNKNOWN) else {}
    felt = {str(key): value for key, value in emotions.items()}
    return ReadText(language, label, total, score, terms, felt, tuple(at), late,
                    film.scenes_named(text), film.characters_named(text, tokens))  # fmt: skip


def _feeling(text: str, tokens: list[Token], language: str, subject: Subject) -> Feeling | None:
    """By the language's lexicon; else by emoji and ratings alone; not at all where there are none."""
    if language == "en":
        return feel(text, subject, tokens=tokens)
    own = lexicon_of(language)
    if own is not None:
        return feel(text, subject, lexicon=own, tokens=tokens, language=language)
    if not any(token.kind == "word" for token in tokens) and tokens:
        return feel(text, subject, lexicon=symbols(), tokens=tokens)
    found = feel(text, subject, lexicon=symbols(), tokens=tokens)
    return found if found.terms else None
