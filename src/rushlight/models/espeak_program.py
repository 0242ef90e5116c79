"""Speak text with eSpeak NG, as a program of its own.

eSpeak NG is GPL-3, so it is never loaded into Rushlight's process: this file is run by a second Python
(`python -I espeak_program.py`), reads one JSON request on standard input and writes its answer on standard
output. It imports nothing of Rushlight.

Request: `{"voice": str, "words_per_minute": int, "pitch": int, "range": int, "texts": [str, …]}`; each text is
SSML. An empty list of texts asks for the voices only.

Answer: one line of JSON, then for each text its samples, 16-bit little-endian mono. The JSON holds
`sample_rate`, `version` and, for each text, `{"samples": count, "events": [[kind, text, sample], …]}`; a kind is
`word` (the text is where the word stands, in characters from 0) or `phoneme` (an IPA symbol, empty for a pause).
Their order counts: a phoneme belongs to the last word before it, even where both carry the same time.
"""

import ctypes
import json
import sys

AUDIO_OUTPUT_SYNCHRONOUS = 2
PHONEME_EVENTS, PHONEME_IPA, DONT_EXIT = 0x0001, 0x0002, 0x8000
CHARS_UTF8, SSML, END_PAUSE = 1, 0x10, 0x1000
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
EVENT_END_OF_LIST, EVENT_WORD, EVENT_PHONEME = 0, 1, 7


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def _load():
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Info.restype = ctypes.c_char_p
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    rate = library.espeak_Initialize(
        AUDIO_OUTPUT_SYNCHRONOUS,
        0,
        espeakng_loader.get_data_path().encode(),
        PHONEME_EVENTS | PHONEME_IPA | DONT_EXIT,
    )
    if rate <= 0:
        raise RuntimeError("eSpeak NG did not start")
    return library, rate


def _voices(library):
    found, listed = [], library.espeak_ListVoices(None)
    position = 0
    while listed[position]:
        voice = listed[position].contents
        # The language field is a list of (priority byte, text) pairs; the first language follows the first byte.
        found.append(
            {
                "name": voice.name.decode(),
                "identifier": voice.identifier.decode(),
                "language": voice.languages[1:].decode(errors="replace"),
            }
        )
        position += 1
    return found


def _speak(library, text):
    sound, heard = bytearray(), []

    @_Callback
    def receive(samples, count, events):
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        position = 0
        while events[position].type != EVENT_END_OF_LIST:
            event = events[position]
            if event.type == EVENT_WORD:
                heard.append(["word", event.text_position - 1, event.sample])
            elif event.type == EVENT_PHONEME:
                heard.append(["phoneme", event.id.string.decode(errors="replace"), event.sample])
            position += 1
        return 0

    library.espeak_SetSynthCallback(receive)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, CHARS_UTF8 | SSML | END_PAUSE, None, None)
    library.espeak_Synchronize()
    return bytes(sound), {"samples": len(sound) // 2, "events": heard}


def main():  # noqa: D103 - a program's entry
    request = json.load(sys.stdin.buffer)
    library, rate = _load()
    answer = {"sample_rate": rate, "version": library.espeak_Info(None).decode(), "texts": []}
    if not request["texts"]:
        answer["voices"] = _voices(library)
    elif library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        answer = {"error": f"eSpeak NG has no voice {request['voice']!r}.", "hint": "Leave out what follows the `+`."}
    sounds = []
    if "error" not in answer:
        library.espeak_SetParameter(RATE, request["words_per_minute"], 0)
        library.espeak_SetParameter(PITCH, request["pitch"], 0)
        library.espeak_SetParameter(RANGE, request["range"], 0)
        for text in request["texts"]:
            sound, events = _speak(library, text)
            sounds.append(sound)
            answer["texts"].append(events)
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    for sound in sounds:
        out.write(sound)
    out.flush()


if __name__ == "__main__":
    main()
