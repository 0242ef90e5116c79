"""Where stories happen: places, people, things and troubles that belong together. All invented for Rushlight."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GENRES", "NAMES", "WORLDS", "Genre", "Place", "World"]


@dataclass(frozen=True)
class Place:
    """A place as a heading names it, and what is seen there."""

    setting: str
    name: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """What belongs together. Clauses stand without capital and full stop, so that they fit into sentences."""

    name: str
    words: frozenset[str]
    """Words of a premise that call for this world."""
    places: tuple[Place, ...]
    jobs: tuple[str, ...]
    objects: tuple[str, ...]
    secrets: tuple[str, ...]
    """What really happened: clauses."""
    stakes: tuple[str, ...]
    """What is lost, and when: clauses."""
    plans: tuple[str, ...]
    """What the rival means to do: verb phrases without `to`."""
    business: tuple[str, ...]
    """What a character does with their hands: verb phrases with s."""


@dataclass(frozen=True)
class Genre:
    """How a story of its kind sounds and ends."""

    name: str
    tone: str
    hours: tuple[str, ...]
    endings: tuple[str, ...]
    """Which of `won`, `shared`, `let_go`, `lost` fit."""


GENRES = (
    Genre("drama", "plain", ("DAY", "MORNING", "EVENING"), ("shared", "let_go", "lost")),
    Genre("comedy", "dry", ("DAY", "MORNING", "DAY"), ("won", "shared")),
    Genre("thriller", "clipped", ("NIGHT", "NIGHT", "DAWN"), ("won", "lost")),
    Genre("romance", "warm", ("EVENING", "DAY", "SUNSET"), ("shared", "let_go")),
    Genre("mystery", "dry", ("NIGHT", "DAY", "DUSK"), ("won", "shared", "let_go")),
    Genre("fable", "warm", ("DAWN", "DAY", "DUSK"), ("shared", "let_go", "won")),
)

NAMES = tuple(
    "Mara Tobias Ines Halvor Ruth Emeka Lotte Caspar Yuna Bram Odile Farid Greta Ivo Selma Anders Noor Mateus Petra Kofi "
    "Hanne Lucian Amara Viggo Tess Ravi Elin Dario Wilma Osei Judit Soren Leila Piet Nadia Arvid Mina Joost Alba Edda".split()
)


def _places(*rows: tuple[str, str, str]) -> tuple[Place, ...]:
    return tuple(Place(setting, name, tuple(details.split(" / "))) for setting, name, details in rows)


WORLDS = (
    World(
        "harbour",
        frozenset(
            "sea harbour harbor lighthouse island boat ship ferry fish fisher port coast lamp keeper sailor storm".split()
        ),
        _places(
            (
                "INT",
                "LAMP ROOM",
                "The great lens turns, throwing bars of light across the walls / Salt has frosted every pane",
            ),
            ("EXT", "HARBOUR WALL", "Boats knock against the stone / Gulls stand in a row, facing the wind"),
            ("INT", "NET SHED", "Nets hang from the beams like grey curtains / One bulb burns over a bench of hooks"),
            ("EXT", "FERRY DECK", "The wake runs out white behind the ferry / Rain sweeps the empty benches"),
            ("INT", "HARBOUR OFFICE", "Charts cover every wall / A radio mutters to nobody"),
        ),
        ("lighthouse keeper", "ferry captain", "harbour clerk", "diver", "net mender", "radio operator"),
        ("the logbook", "a brass key", "the missing page of the log", "a water-stained chart", "the old signal lamp"),
        (
            "the light was put out on purpose on the night of the wreck",
            "the ferry never left the harbour that night",
            "the storm warning was received and thrown away",
        ),
        (
            "the light goes dark for good on Friday",
            "the last ferry sails at the end of the month",
            "the harbour is sold when the tide turns tomorrow",
        ),
        (
            "sell the harbour from under everyone",
            "burn the log before anyone reads it",
            "blame the wreck on a dead man",
        ),
        ("coils a wet rope", "wipes salt from the glass", "warms both hands on a tin mug", "sorts hooks by size"),
    ),
    World(
        "newsroom",
        frozenset("news newspaper reporter journalist editor press story radio broadcast editor article print".split()),
        _places(
            ("INT", "NEWSROOM", "Half the desks are empty, their phones unplugged / Screens glow over cold coffee"),
            ("INT", "ARCHIVE", "Boxes climb to the ceiling / Dust turns slowly in the light of one lamp"),
            ("EXT", "PRINT WORKS", "Lorries stand with their engines running / Steam lifts from a grating"),
            ("INT", "STAIRWELL", "Every footstep comes back twice / A poster for the paper has lost a corner"),
            ("EXT", "COURTHOUSE STEPS", "Cameras wait on their tripods under plastic / Wet leaves stick to the stone"),
        ),
        ("night editor", "junior reporter", "archivist", "retired columnist", "photographer", "fact checker"),
        (
            "an unmarked tape",
            "the second photograph",
            "a list of names",
            "the notebook",
            "a letter that was never printed",
        ),
        (
            "the story that made the paper's name was invented",
            "the photograph was taken a day after the fire",
            "the source was the editor all along",
        ),
        ("the paper closes on Sunday", "the story runs at midnight, true or not", "the archive is pulped on Thursday"),
        ("print the lie again", "have the archive pulped", "buy the paper to bury the story"),
        ("crosses out a headline", "stacks old issues", "turns a pencil over and over", "listens at a dead phone"),
    ),
    World(
        "mountain",
        frozenset(
            "mountain village snow valley farm shepherd winter avalanche climb peak sheep bell church hut".split()
        ),
        _places(
            ("EXT", "HIGH PASTURE", "Bells drift across the slope / Cloud shadows slide over the grass"),
            ("INT", "KITCHEN", "A stove ticks as it warms / Bread cools under a cloth"),
            ("EXT", "CHAPEL YARD", "Snow has rounded every stone / The bell rope moves in the wind"),
            ("INT", "CABLE CAR STATION", "The great wheel stands still / Ice hangs from the cable"),
            ("EXT", "RIDGE PATH", "The path is one boot wide / The valley lies far down, its lights just lit"),
        ),
        ("shepherd", "schoolteacher", "mountain guide", "baker", "surveyor", "bell ringer"),
        ("a cracked bell", "the survey map", "a frozen rucksack", "the deed to the pasture", "a child's sled"),
        (
            "the avalanche was set off by the blasting",
            "the map was redrawn after the vote",
            "the guide came down alone and told no one why",
        ),
        ("the road closes with the first snow", "the pasture is flooded in spring", "the school shuts at Christmas"),
        ("flood the valley", "move the border stones by night", "take the guide's place and his story"),
        ("splits kindling", "shakes snow from a coat", "kneads dough too hard", "ties a knot, and ties it again"),
    ),
    World(
        "theatre",
        frozenset(
            "theatre theater stage play actor actress director opera dance music band singer orchestra show".split()
        ),
        _places(
            ("INT", "STAGE", "One work light burns on a stand / Half a forest of painted trees leans against the wall"),
            (
                "INT",
                "DRESSING ROOM",
                "Bulbs frame a mirror, three of them dead / Costumes crowd the rail like an audience",
            ),
            ("EXT", "STAGE DOOR", "Rain drips from the lamp over the door / Somebody has left one flower on the step"),
            ("INT", "PROMPT BOX", "The script lies open, grey with pencil / A cue light blinks for nobody"),
            ("INT", "ORCHESTRA PIT", "Empty chairs face empty stands / A single page has slipped to the floor"),
        ),
        ("prompter", "understudy", "stage manager", "ageing lead", "costume maker", "pianist"),
        ("the prompt book", "a forged programme", "the original score", "a stage pistol", "the missing last act"),
        (
            "the last act was written by the understudy",
            "the fire curtain was locked from inside",
            "the great notice was paid for",
        ),
        (
            "the curtain goes up tonight without a lead",
            "the house is pulled down after Saturday",
            "the backers leave at noon",
        ),
        ("open with the stolen ending", "close the show and keep the money", "put a star in the part"),
        (
            "threads a needle on the third try",
            "marks a cue in pencil",
            "powders a face that is not there",
            "folds a costume",
        ),
    ),
    World(
        "kitchen",
        frozenset("restaurant chef cook kitchen food recipe cafe café bakery waiter dinner baker bread soup".split()),
        _places(
            ("INT", "RESTAURANT KITCHEN", "Steam climbs the tiles / Knives hang in order of size"),
            ("EXT", "BACK ALLEY", "Crates of lemons wait by the door / A cat studies the bins"),
            ("INT", "DINING ROOM", "Chairs stand upside down on the tables / One candle has been left to burn"),
            ("INT", "COLD STORE", "Breath shows white in the blue light / Jars stand in rows, each with a date"),
            ("EXT", "MARKET SQUARE", "Awnings snap in the wind / A man is shouting the price of fish"),
        ),
        ("head chef", "dishwasher", "food critic", "waiter", "supplier", "owner's daughter"),
        ("the recipe book", "a sealed jar", "the reservation list", "a rusted spoon", "the first menu"),
        (
            "the famous dish was the dishwasher's",
            "the critic has lost the sense of taste",
            "the owner sold the place a year ago",
        ),
        ("the inspector comes at eight", "the lease ends tonight", "the critic's table is booked for Friday"),
        ("serve the dish under another name", "call the inspector in", "sell the recipe to a chain"),
        ("sharpens a knife that is sharp", "tastes, and says nothing", "folds napkins into boats", "counts plates"),
    ),
    World(
        "station",
        frozenset(
            "space station planet moon astronaut rocket orbit ship science future robot laboratory signal ai machine".split()
        ),
        _places(
            ("INT", "CONTROL DECK", "A hundred small lights report that all is well / The planet fills the window"),
            ("INT", "GREENHOUSE MODULE", "Tomatoes grow toward a lamp / Water hangs in the air in slow beads"),
            ("INT", "AIRLOCK", "The inner door has a dent the size of a fist / Two suits hang with their arms out"),
            ("EXT", "SOLAR ARRAY", "The sun comes up for the ninth time today / A glove drifts on its tether"),
            ("INT", "SLEEPING BAY", "Photographs are taped inside each bunk / A fan hums one note"),
        ),
        ("flight engineer", "botanist", "medical officer", "signal analyst", "commander", "maintenance robot's minder"),
        ("the data core", "a handwritten log", "the spare seal", "an unanswered message", "the first tomato"),
        (
            "the signal comes from the station itself",
            "the supply ship was never launched",
            "the commander has been dead to Earth for a year",
        ),
        (
            "the air lasts until Sunday",
            "the window for return closes in six hours",
            "the orbit falls below the line tonight",
        ),
        ("take the only capsule", "wipe the core before the handover", "keep the others from knowing"),
        ("waters a seedling with a pipette", "counts filters", "taps a gauge", "tightens a bolt by feel"),
    ),
    World(
        "school",
        frozenset(
            "school teacher student pupil class exam university college boy girl teenager children library book".split()
        ),
        _places(
            ("INT", "CLASSROOM", "Chairs stand on the desks / A half-erased sum covers the board"),
            ("EXT", "PLAYGROUND", "A ball rolls slowly into a puddle / The swings move though nobody is there"),
            ("INT", "LIBRARY", "A lamp makes an island of one table / Returned books lean on a trolley"),
            (
                "INT",
                "HEADMASTER'S OFFICE",
                "Trophies stand with their names turned to the wall / A clock runs four minutes fast",
            ),
            ("EXT", "BUS STOP", "The timetable has been scratched away / Breath hangs white over the queue of two"),
        ),
        ("substitute teacher", "caretaker", "head girl", "librarian", "music teacher", "new pupil"),
        ("the exam paper", "a lost diary", "the class photograph", "a library card", "the broken trophy"),
        (
            "the answers were handed out by the headmaster",
            "the photograph leaves out one child on purpose",
            "the library has been empty since the summer",
        ),
        ("the results are read out tomorrow", "the school is inspected on Monday", "the library closes this afternoon"),
        ("let the new pupil take the blame", "sell the library's books", "change the marks before morning"),
        ("wipes the same board twice", "stamps a book", "ties a lace with great care", "counts windows"),
    ),
    World(
        "city",
        frozenset(
            "city police detective crime street taxi bank apartment lawyer judge money night club murder thief retired".split()
        ),
        _places(
            ("INT", "APARTMENT", "Wallpaper hangs in strips / The radiator knocks like somebody who wants in"),
            ("EXT", "ROOFTOP", "Water tanks stand against the sky / The city hums, ten floors down"),
            ("INT", "NIGHT BUS", "Neon slides across empty seats / Somebody's glove lies on the step"),
            ("INT", "PAWN SHOP", "A hundred watches disagree about the hour / Guitars hang by their necks"),
            (
                "EXT",
                "UNDER THE BRIDGE",
                "A train crosses overhead and takes the talk with it / Puddles hold the street lamps",
            ),
        ),
        ("retired detective", "taxi driver", "night nurse", "locksmith", "court clerk", "pawnbroker"),
        ("a safe-deposit key", "the other ledger", "a bus ticket", "the wedding ring", "an envelope without a stamp"),
        (
            "the wrong man was sent to prison, and the court knew",
            "the money never left the building",
            "the witness was somewhere else that night",
        ),
        (
            "the building comes down on Tuesday",
            "the case is closed for ever at midnight",
            "the witness leaves on the night train",
        ),
        ("let the wrong man stay where he is", "take the money and the name", "be gone before the file is opened"),
        (
            "deals cards to an empty chair",
            "picks a lock and locks it again",
            "counts coins into piles",
            "lets the phone ring",
        ),
    ),
)
