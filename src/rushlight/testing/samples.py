"""Small real artifacts of every kind, made once in a project, for trying capabilities on."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from rushlight.artifacts import Events, Finding, Findings, Media, Narration, Origin, Shots, WorkHistory
from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.artifacts.source import Document
from rushlight.artifacts.sync import LipSync
from rushlight.artifacts.transcript import Transcript, TranscriptWord
from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.errors import ModelError
from rushlight.core.project import Project
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe

__all__ = ["Samples"]

_ARTICLE = """# The harbour clock

The harbour clock of Lindmark has told the time since 1894. It was a gift of the shipping company North Line.

## Today

Today 240,000 people pass the clock every year. The keeper, Anna Brandt, winds it by hand each Monday.
"""


# What listens to a recording, or cuts one by what was heard.
_LISTENING = (
    "align_script", "edit_transcript", "find_false_starts", "find_fillers", "find_retakes", "find_silence", "lay_cut",
    "plan_cut", "transcribe",
)  # fmt: skip

_TESTS = "test,variant,text,impressions,clicks\n" + "".join(
    f"{number},a,Who winds it? {number % 7},1000,{40 + number % 5}\n{number},b,The keeper,1000,{25 + number % 3}\n"
    for number in range(20)
)


class Samples:
    """One sample of every artifact kind, each made by the capability that makes such things, on first use.

    Args:
        project: where the steps run; their results are kept there.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._made: dict[str, Artifact] = {}
        self._makers: dict[str, Callable[[], Artifact]] = {
            "Document": self._document,
            "Source": lambda: self._run("read_source", "Document"),
            "Script": lambda: self._run("write_script", "Source", length_seconds=8),
            "Screenplay": lambda: self._run("write_screenplay", "Outline", words_per_scene=40),
            "Outline": lambda: self._run("write_outline", premise="A keeper hides a letter.", scenes=3),
            "Narration": lambda: self._run("speak_script", "Script"),
            "Captions": lambda: self._run("caption_narration", "Narration"),
            "MusicPlan": lambda: self._run("plan_music", "Script", "Narration"),
            "Score": lambda: self._run("compose_music", "MusicPlan"),
            "Audio": lambda: self._run("render_score", "Score"),
            "Storyboard": lambda: self._run("plan_pictures", "Script", "Narration"),
            "Cut": self._cut,
            "Media": self._media,
            "Media of smart_render": self._clip,
            "Media of find_damage": self._talk,
            "Document of mark_chapters": lambda: self._text("chapters.txt", "0:00 The clock\n0:01 The keeper\n"),
            "EditList of smart_render": self._edit_list,
            "Media of detect_shots": self._clip,
            "Media of check_quality": self._talk,
            "Shots of check_quality": lambda: self.project.run("detect_shots", self._talk()),
            "Media of describe_shots": self._talk,
            "Shots of describe_shots": lambda: self.project.run("detect_shots", self._talk()),
            "ShotTable": lambda: self.project.run("describe_shots", self._clip(), self.of(Shots), None),
            "Media of find_faces": self._clip,
            "Media of track_people": self._clip,
            "Media of track_object": self._clip,
            "Faces": lambda: self.project.run("find_faces", self._clip(), None),
            "Faces of describe_shots": lambda: self.project.run("find_faces", self._talk(), None),
            "Media of assemble_cut": self._clip,
            "Media of find_beats": self._reading,
            "Media of disclose_sound": self._talk,
            "Media of embed_watermark": self._wall,
            "Media of read_watermark": self._wall,
            "Beats": lambda: self.project.run("find_beats", self._reading()),
            "Shots": lambda: self.project.run("detect_shots", self._clip()),
            "Document of import_cut": lambda: self._run("export_cut", "Cut"),
            "LipSync": lambda: LipSync(offset=Fraction(1, 25), confidence=0.9, method="events"),
            "Media of repair_offset": self._talk,
            "Media of lay_synced": self._talk,
            "Sync of lay_synced": lambda: self.project.run("sync_recordings", (self._talk(),)),
            "Transcript": self._transcript,
            "Findings": self._findings,
            **{f"Media of {name}": self._reading for name in _LISTENING},
            **{f"EditList of {name}": self._edited for name in _LISTENING},
            "EditList of caption_cut": self._edited,
            **{f"Media of {name}": self._reading for name in ("assemble_script", "cut_to_music")},
            "Media of make_trailer": self._clip,
            "Document of assemble_script": lambda: self._text("lines.txt", "the keeper winds\n[the clock]\n"),
            "Document of align_script": lambda: self._text("spoken.txt", self._spoken()),
            "Document of edit_transcript": lambda: self._text("edited.txt", "the keeper clock"),
            "Events": self._events,
            "Events of recommend": self._rated,
            "Document of read_comments": lambda: self._text(
                "comments.csv",
                "id,author,date,text\n1,ann,2026-10-01,The ending at 0:01 is sick\n2,bo,2026-10-02,so boring\n",
            ),
            "Document of forecast_demand.demand": lambda: self._text(
                "demand.csv",
                "date,series,value\n" + "".join(f"2026-09-{day:02},harbour,{20 + day % 7}\n" for day in range(1, 31)),
            ),
            "Document of forecast_demand.calendar": lambda: self._text("days.csv", "date,event\n2026-10-03,Unity\n"),
            **{
                f"Document of {name}": lambda: Document(file=self.of(Events).manifest)  # type: ignore[attr-defined]
                for name in ("predict_watch_time", "predict_click", "cluster_bounces")
            },
            **{
                f"Document of predict_{name}.wanted": lambda: self._text("wanted.csv", "viewer,title_id\nann,harbour\n")
                for name in ("watch_time", "click")
            },
            **{
                f"Document of weigh_commission.{slot}": lambda slot=slot: self._text(  # type: ignore[misc]
                    f"{slot}.csv",
                    "title_id,demand,theme,cast\n"
                    + "".join(f"t{n},{20 + 9 * (n % 2)},{('sea', 'city')[n % 2]},{'ABC'[n % 3]}\n" for n in range(24)),
                )
                for slot in ("titles", "proposals")
            },
            "Document of predict_creative": lambda: self._text("tests.csv", _TESTS),
            "Document of predict_creative.wanted": lambda: self._text(
                "drafts.csv", "variant,text\na,Who rings the bell?\nb,The bell\n"
            ),
            "Document of plan_release.demand": lambda: self._text(
                "views.csv", "date,value\n" + "".join(f"2026-09-{day:02},{20 + day % 7}\n" for day in range(1, 31))
            ),
            "Document of plan_release.calendars": lambda: self._text("feasts.csv", "date,event\n2026-10-03,Unity\n"),
            "Document of plan_release.rivals": lambda: self._text("rivals.csv", "date,title\n2026-10-20,Theirs\n"),
            "Events of target_campaign": self._agreed,
            "Document of target_campaign.addresses": lambda: self._text(
                "people.csv", "viewer,address\nv1,a@b.example\n"
            ),
            "Document of target_campaign.contacts": lambda: self._text("sent.csv", "viewer,sent_at\nv1,2026-09-01\n"),
            "Document of target_campaign.copy": lambda: self._text("copy.csv", "subject,text\nNew,See it.\n"),
            "Campaign": lambda: self.project.run(
                "target_campaign",
                self._agreed(),
                (),
                None,
                None,
                None,
                title="clock",
                like=("harbour",),
                share=1.0,
                start="2026-09-03",
                days=2,
                holdout=0.5,
            ),
            "Comments": lambda: self.project.run("read_comments", self.of(Document, "read_comments"), None, None),
            "Ideas": lambda: self._run("write_ideas", premise="A keeper hides a letter.", count=2),
            "Tone": lambda: self._run("measure_tone", "Screenplay", min_words=1),
            "Staging": lambda: self._run("stage_screenplay", "Screenplay"),
            "Cast": lambda: self._run("cast_voices", "Staging"),
            "SoundCues": self._sound_cues,
            **{
                f"Document of {name}.lexicon": lambda: self._text(
                    "terms.toml",
                    '[[entry]]\nterms = ["grog"]\nkind = "drugs"\nlevel = 1\nreason = "ours"\nsource = "ours"\n',
                )
                for name in ("review_safety", "review_culture")
            },
            "Document of check_bias": lambda: self._text("shown.csv", "person,gender\na,woman\nb,man\nc,woman\n"),
            "Document of check_bias.target": lambda: self._text("target.toml", "[gender]\nwoman = 1\nman = 1\n"),
            "People": lambda: self.project.run("track_people", self._talk(), None, None),
            "Document of find_similar": self._index,
            "Faults": lambda: self.project.run("check_quality", self._clip(), None, None),
            "Document of sign_credentials": self._unsigned,
            "Document of verify_credentials": self._picture,
            "Document of check_rights": lambda: self._text(
                "rights.toml", '[[item]]\nname = "Clock"\nfile = "harbour-clock.png"\nlicence = "CC0-1.0"\n'
            ),
            "WorkHistory": WorkHistory,
            "GroundingReport": lambda: self._run("check_grounding", "Script", "Source"),
            "Origin": lambda: Origin(title="Harbour clock", made="created", source_type="digitalCreation"),
        }

    def of(self, artifact: type[Artifact], capability: str = "", slot: str = "") -> Artifact:
        """A sample of this kind, or of what this capability, or one input of it, wants of the kind: moving pictures,
        a file of a cut.

        Raises:
            ModelError: no sample is known for it; give one with `add`.
        """
        kind = artifact.kind()
        for special in (f"{kind} of {capability}.{slot}", f"{kind} of {capability}"):
            if special in self._makers:
                kind = special
                break
        if kind not in self._made:
            if kind not in self._makers:
                raise ModelError(f"There is no sample {kind}.", hint="Add one with `Samples.add`.")
            self._made[kind] = self._makers[kind]()
        return self._made[kind]

    def add(self, sample: Artifact) -> None:
        """Use this sample for its kind, such as a third party's own artifact."""
        self._made[sample.kind()] = sample

    def _run(self, capability: str, *kinds: str, **parameters: object) -> Artifact:
        from rushlight import artifacts

        inputs = [self.of(Document if kind == "Document" else getattr(artifacts, kind)) for kind in kinds]
        made: Artifact = self.project.run(capability, *inputs, **parameters)
        return made

    def _document(self) -> Artifact:
        path = self.project.root / "media" / "clock.md"
        path.write_text(_ARTICLE, encoding="utf-8")
        return Document(file=FileRef.of(path))

    def _events(self) -> Artifact:
        """A warehouse of simulated views of two small titles."""
        from rushlight.audience.warehouse.importing import import_events
        from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events, write_events
        from rushlight.audience.warehouse.warehouse import Warehouse

        titles = [SimulatedTitle(name, np.full(40, 0.02)) for name in ("harbour", "clock")]
        rows = simulate_events(titles, viewers=40, seed=1, ping_seconds=5)
        for name in ("a", "b"):
            arm = SimulatedTitle("trailer", np.full(30, 0.03), experiment_id="opening", variant=name)
            made = simulate_events([arm], viewers=20, seed=2, ping_seconds=5)
            rows += [{**row, "viewer": name + row["viewer"], "event_id": name + row["event_id"]} for row in made]
        folder = self.project.root / "audience"
        folder.mkdir(exist_ok=True)
        file = write_events(rows, folder / "events.jsonl")
        import_events(Warehouse.create(folder, buckets=4), [file])
        return Warehouse(folder).events()

    def _agreed(self) -> Artifact:
        """A warehouse of viewers who agreed to all that there is, over September."""
        from rushlight.audience.warehouse.importing import import_events
        from rushlight.audience.warehouse.simulating import write_events
        from rushlight.audience.warehouse.warehouse import Warehouse

        folder = self.project.root / "agreed"
        if not folder.exists():
            folder.mkdir()
            rows = [
                {
                    "event_id": f"{day}-{viewer}-{event}", "event": event, "viewer": f"v{viewer}", "view_id": f"{day}",
                    "ts_client": f"2026-09-{day:02}T19:0{minute}:00Z", "title_id": title, "duration_seconds": 60.0,
                    "current_time_seconds": 60.0 * minute, "consent": "measure personalise contact",
                }
                for day, title in ((1, "harbour"), (2, "keeper"), (20, "harbour"))
                for viewer in range(12) if day != 2 or viewer % 2
                for minute, event in enumerate(("play", "end"))
            ]  # fmt: skip
            import_events(Warehouse.create(folder, buckets=1), [write_events(rows, folder / "events.jsonl")])
        return Warehouse(folder).events()

    def _rated(self) -> Artifact:
        """A warehouse of ratings, in two tastes."""
        from rushlight.audience.warehouse.tables import import_ratings
        from rushlight.audience.warehouse.warehouse import Warehouse

        folder = self.project.root / "rated"
        folder.mkdir(exist_ok=True)
        rng = np.random.default_rng(3)
        lines = ["viewer,title_id,rating"]
        for viewer in range(40):
            half = 10 * (viewer % 2)
            lines += [f"viewer-{viewer},title-{title},{rng.integers(1, 6)}" for title in half + rng.permutation(10)[:6]]
        file = folder / "ratings.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        import_ratings(Warehouse.create(folder, buckets=4), file)
        return Warehouse(folder).events()

    def _cut(self) -> Artifact:
        small = {"width_px": 128, "height_px": 72, "rate": Fraction(6)}
        return self._run("lay_timeline", "Storyboard", "Audio", "Captions", **small)

    def _sound_cues(self) -> Artifact:
        staging, cast = self._artifact("Staging"), self._artifact("Cast")
        performed: Artifact = self.project.run("perform_screenplay", staging, cast)
        made: Artifact = self.project.run("spot_sounds", staging, performed, ())
        return made

    def _artifact(self, kind: str) -> Artifact:
        from rushlight import artifacts

        return self.of(getattr(artifacts, kind))

    def _media(self) -> Media:
        path = self.project.root / "media" / "harbour-clock.png"
        y, x = np.mgrid[0:90, 0:160]
        Image.fromarray(np.stack([x, y * 2, 255 - x], axis=-1).astype(np.uint8)).save(path)
        return probe(Path(path)).model_copy(update={"description": "harbour clock"})

    def _wall(self) -> Media:
        """A picture with room for a mark."""
        path = self.project.root / "media" / "harbour-wall.png"
        stones = np.random.default_rng(5).integers(60, 200, (30, 40, 3)).astype(np.uint8)
        Image.fromarray(stones).resize((320, 240), Image.Resampling.BICUBIC).save(path)
        return probe(path)

    def _index(self) -> Artifact:
        """An index of one work, which is the sample picture."""
        from rushlight.trust.similarity.catalogue import Catalogue

        path = self.project.root / "works.sqlite"
        Catalogue(path).add(self._media().file.path)
        return Document(file=FileRef.of(path))

    def _unsigned(self) -> Document:
        """A picture, and keys to sign it with."""
        from rushlight.trust.keys import KeyFolder

        if not KeyFolder().exists:
            KeyFolder().make("Samples")
        return self._picture()

    def _picture(self) -> Document:
        return Document(file=self._media().file)

    def _clip(self) -> Media:
        path = self.project.root / "media" / "harbour-clock.mp4"
        if not path.exists():
            with VideoWriter(path, width_px=64, height_px=48, rate=Fraction(12), gop_seconds=Fraction(1, 2)) as writer:
                for number in range(24):
                    writer.write(np.full((72, 64), 40 + 8 * number, np.uint8))
        return probe(path)

    def _edit_list(self) -> Artifact:
        span = EditSpan(start=Fraction(1, 4), end=Fraction(7, 4))
        return EditList(spans=(span,), sources=(self._clip().file.sha256,))

    def _talk(self) -> Media:
        """Moving pictures with sound."""
        path = self.project.root / "media" / "harbour-talk.mp4"
        if not path.exists():
            sound = self.project.root / "media" / "harbour-talk.wav"
            samples = 0.1 * np.random.default_rng(1).standard_normal((96_000, 1))
            write_wav(sound, samples.astype(np.float32), 48_000)
            mux(self._clip().file.path, sound=sound, out=path)
        return probe(path)

    def _narration(self) -> Narration:
        made = self._artifact("Narration")
        assert isinstance(made, Narration)
        return made

    def _spoken(self) -> str:
        return " ".join(word.text for line in self._narration().lines for word in line.words)

    def _reading(self) -> Media:
        """A film of somebody reading."""
        path = self.project.root / "media" / "harbour-reading.mp4"
        if not path.exists():
            narration = self._narration()
            picture = self.project.root / "media" / "harbour-reader.mp4"
            with VideoWriter(picture, width_px=64, height_px=48, rate=Fraction(12)) as writer:
                for number in range(int(narration.duration * 12)):
                    writer.write(np.full((72, 64), 40 + number % 120, np.uint8))
            mux(picture, sound=narration.audio.path, out=path)
        return probe(path)

    def _edited(self) -> Artifact:
        words = self._transcript().words
        span = EditSpan(start=Fraction(1, 4), end=Fraction(19, 4), words=words)
        return EditList(spans=(span,), sources=(self._reading().file.sha256,))

    def _findings(self) -> Artifact:
        silence = Finding(kind="silence", start=Fraction(0), end=Fraction(1, 2), confidence=0.9)
        return Findings(findings=(silence,), duration=self._reading().duration)

    def _text(self, name: str, text: str) -> Artifact:
        path = self.project.root / "media" / name
        path.write_text(text, encoding="utf-8")
        return Document(file=FileRef.of(path))

    def _transcript(self) -> Transcript:
        said = enumerate("the keeper winds the clock".split())
        words = tuple(
            TranscriptWord(text=text, start=Fraction(n), end=Fraction(n) + Fraction(1, 2)) for n, text in said
        )
        return Transcript(words=words, duration=Fraction(6), recogniser="script")
